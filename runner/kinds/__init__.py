"""The kinds of items. Each is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from runner.kinds.deleted_files import DELETED_FILES
from runner.kinds.deleted_pages import DELETED_PAGES
from runner.kinds.deleted_revisions import DELETED_REVISIONS
from runner.kinds.file_versions import FILE_VERSIONS
from runner.kinds.kind import KindSpec
from runner.kinds.log_entries import LOG_ENTRIES
from runner.kinds.pages import PAGES
from runner.kinds.revisions import REVISIONS
from runner.kinds.users import USERS
from runner.model import Kind

KINDS: Mapping[Kind, KindSpec] = {
    spec.name: spec
    for spec in (PAGES, DELETED_PAGES, REVISIONS, DELETED_REVISIONS, FILE_VERSIONS, DELETED_FILES, LOG_ENTRIES, USERS)
}
