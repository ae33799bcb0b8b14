"""The worked example of CONTRIBUTING.md, made an action for a process of its own: as if it had been added to the project."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"
# Python reads this at its start, before anything else asks which actions there are.
START = """\
from filerevert import FILEREVERT
from runner.actions import ACTIONS
ACTIONS[FILEREVERT.name] = FILEREVERT
"""


def install(folder: Path) -> dict[str, str]:
    """Put the example into a folder; the environment in which it is one of the actions."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "filerevert.py").write_text(source, encoding="utf-8")
    (folder / "sitecustomize.py").write_text(START, encoding="utf-8")
    return {"PYTHONPATH": f"{folder}:{PAGE.parent}"}
