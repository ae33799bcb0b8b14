"""Marks of a schema's fragments: where a name stands that a wiki has a list of, as in `"x-wiki": "tags"`.

What is published holds none of them: see `sources.offered`.
"""

from __future__ import annotations

from typing import Literal

What = Literal["namespaces", "tags", "manual_tags", "content_models", "protection_levels", "modules"]
MARK = "x-wiki"
