"""One small job for each thing that an action can do: what to prepare, the step, and what the wiki's own tables must say of
it afterwards. Whatever happens on the way, the outcome is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.desk import someone
from tests.e2e.stock import define_tag
from tests.e2e.test_page_attributes import LANGUAGES
from tests.mediawiki import MediaWiki

Prepare = Callable[[MediaWiki], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`step` is a step without its id; `action` the API's action, `items` how many there are. `logged` tells which entries of
    the wiki's log the job makes (or, as a whole query, counts what it leaves instead), `entries` how many there must be;
    `effect` is a query whose answer must be `is_`. Where it is not `certain` a lost answer leaves an item unsure, for good.
    `at_once`: one request is for all items."""

    step: str
    action: str
    items: int
    logged: str
    entries: int
    effect: str
    is_: object
    prepare: Prepare = lambda _wiki: None
    account: str = "admin"
    certain: bool = True
    at_once: bool = False

    @property
    def codes(self) -> frozenset[int]:
        """What a run of it may end with."""
        return frozenset({0} if self.certain else {0, 1})


def deleted(*titles: str) -> Prepare:
    """Somebody deleted these pages."""

    def prepare(wiki: MediaWiki) -> None:
        other = someone(wiki)
        for title in titles:
            other.delete(title)

    return prepare


def blocking(*names: str) -> Prepare:
    """Somebody blocked these users."""

    def prepare(wiki: MediaWiki) -> None:
        other = someone(wiki)
        for name in names:
            other.block(name, expiry="2 weeks", reason="Old", nocreate=1)

    return prepare


def spoilt(*titles: str) -> Prepare:
    """A vandal edited these pages twice."""

    def prepare(wiki: MediaWiki) -> None:
        vandal = someone(wiki, "vandal")
        for title in titles:
            vandal.edit(title, "Spoilt.")
            vandal.edit(title, "Spoilt again.")

    return prepare


def with_page(wiki: MediaWiki) -> None:
    """There is a page that is newer than every other."""
    someone(wiki).edit("Fresh", "New.")


def with_tag(wiki: MediaWiki) -> None:
    define_tag(wiki, "checked")


def with_tag_makers(wiki: MediaWiki) -> None:
    grant = "$wgGrantPermissions['basic']"
    wiki.settings(f"{grant}['managechangetags'] = {grant}['deletechangetags'] = true;")


def with_languages(wiki: MediaWiki) -> None:
    wiki.settings(LANGUAGES)


def _log(action: str) -> str:
    return f"log_action = '{action}'"


def _history(*titles: str) -> str:
    """How many revisions these pages have."""
    listed = ", ".join(f"'{title}'" for title in titles)
    subject = "page_id = rev_page AND NOT page_namespace % 2"
    return f"SELECT count(*) FROM revision JOIN page ON {subject} WHERE page_title IN ({listed})"


# Edits leave no log entry but their own revisions.
EDITED = (
    "SELECT count(*) FROM revision JOIN revision_comment_temp ON revcomment_rev = rev_id"
    " JOIN comment ON comment_id = revcomment_comment_id WHERE rev_id > 0"
)


_SQUARES = "{titles: ['File:Red square.png', 'File:Blue square.png']}"
_ARCHIVED = deleted("Bulk/001", "Bulk/002", "Draft:Idea 04", "File:Unused.png")

RECIPES: Mapping[str, Recipe] = {
    "delete": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002, Bulk/003]}, delete: {reason: x}}", action="delete", items=3,
        logged=_log("delete"), entries=3, effect="SELECT count(*) FROM page WHERE page_title GLOB 'Bulk/00[123]'", is_=0,
    ),
    "delete-old-version": Recipe(
        step=f"{{file_versions: {_SQUARES}, delete: {{reason: x}}}}",
        action="delete", items=2, logged=_log("delete"), entries=2,
        effect="SELECT count(*) FROM oldimage WHERE oi_name GLOB '*square.png'", is_=0,
    ),
    "hide-revisions": Recipe(
        step="{revisions: {list: usercontribs, user: Vandal, limit: 4}, revisiondelete: {hide: [comment], reason: x}}",
        action="revisiondelete", items=4, logged=_log("revision"), entries=4,
        effect="SELECT count(*) FROM revision WHERE rev_deleted = 2", is_=4,
    ),
    "hide-archived": Recipe(
        step="{deleted_revisions: {titles: [Bulk/001, 'Draft:Idea 04']}, revisiondelete: {hide: [comment], reason: x}}",
        action="revisiondelete", items=6, logged=_log("revision"), entries=2,
        effect="SELECT count(*) FROM archive WHERE ar_deleted = 2", is_=6, prepare=_ARCHIVED,
    ),
    "hide-old-versions": Recipe(
        step=f"{{file_versions: {_SQUARES}, revisiondelete: {{hide: [content], reason: x}}}}",
        action="revisiondelete", items=2, logged=_log("revision"), entries=2,
        effect="SELECT count(*) FROM oldimage WHERE oi_deleted = 1", is_=2,
    ),
    "hide-deleted-files": Recipe(
        step="{deleted_files: {titles: ['File:Unused.png']}, revisiondelete: {hide: [content], reason: x}}",
        action="revisiondelete", items=2, logged=_log("revision"), entries=1,
        effect="SELECT count(*) FROM filearchive WHERE fa_deleted = 1", is_=2, prepare=_ARCHIVED,
    ),
    "hide-log-entries": Recipe(
        step="{log_entries: {list: logevents, action: delete/delete}, revisiondelete: {hide: [comment], reason: x}}",
        action="revisiondelete", items=4, logged=_log("event"), entries=1,
        effect="SELECT count(*) FROM logging WHERE log_deleted = 2", is_=4, prepare=_ARCHIVED,
    ),
    "undelete-pages": Recipe(
        step="{deleted_pages: {titles: [Bulk/001, Bulk/002, 'Draft:Idea 04']}, undelete: {reason: x}}",
        action="undelete", items=3, logged=_log("restore"), entries=3,
        effect="SELECT count(*) FROM archive WHERE ar_title <> 'Unused.png'", is_=0, prepare=_ARCHIVED,
    ),
    "undelete-revisions": Recipe(
        step="{deleted_revisions: {titles: ['Draft:Idea 04', Bulk/002]}, undelete: {reason: x}}",
        action="undelete", items=6, logged=_log("restore"), entries=2,
        effect="SELECT count(*) FROM archive WHERE ar_title IN ('Idea_04', 'Bulk/002')", is_=0, prepare=_ARCHIVED,
    ),
    "undelete-files": Recipe(
        step="{deleted_files: {titles: ['File:Unused.png']}, undelete: {reason: x}}",
        action="undelete", items=2, logged=_log("restore"), entries=1,
        effect="SELECT count(*) FROM filearchive", is_=0, prepare=_ARCHIVED,
    ),
    "block": Recipe(
        step="{users: {names: [Vandal, Bob, 192.0.2.7]}, block: {expiry: 1 week, autoblock: true, reason: x}}",
        action="block", items=3, logged=_log("block"), entries=3,
        effect="SELECT count(*) FROM ipblocks WHERE ipb_expiry <> 'infinity'", is_=3,
    ),
    "block-anew": Recipe(
        step="{users: {names: [Vandal, Bob, 192.0.2.7]}, block: {expiry: infinite, reblock: true, reason: x}}",
        action="block", items=3, logged=_log("reblock"), entries=2,
        effect="SELECT count(*) FROM ipblocks WHERE ipb_expiry = 'infinity' AND NOT ipb_create_account", is_=3,
        prepare=blocking("Vandal", "192.0.2.7"),
    ),
    "unblock": Recipe(
        step="{users: {list: blocks}, unblock: {reason: x}}", action="unblock", items=3, logged=_log("unblock"), entries=3,
        effect="SELECT count(*) FROM ipblocks", is_=0, prepare=blocking("Vandal", "192.0.2.7", "10.0.0.0/16"),
    ),
    "move": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002, 'Draft:Idea 04']}, move: {to: 'Away/${item.name}', reason: x}}",
        action="move", items=3, logged=_log("move"), entries=3,
        effect="SELECT count(*) FROM page WHERE page_title GLOB 'Away/*' AND page_namespace = 0", is_=3,
    ),
    "move-over-redirect": Recipe(
        step="{pages: {titles: [Article 02]}, move: {to: Old name 02, noredirect: true, reason: x}}",
        action="move", items=1, logged=_log("move_redir"), entries=1,
        effect="SELECT group_concat(page_title) FROM page WHERE page_title IN ('Old_name_02', 'Article_02')"
        " AND page_namespace = 0",
        is_="Old_name_02",
    ),
    "edit": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002, 'Draft:Idea 04']}, edit: {append: '!', summary: x}}",
        action="edit", items=3, logged=EDITED, entries=3, effect=_history("Bulk/001", "Bulk/002", "Idea_04"), is_=7 + 3,
    ),
    "edit-new-pages": Recipe(
        step="{pages: {titles: [New one, 'Draft:New two']}, edit: {create: true, text: 'On ${item.title}', summary: x}}",
        action="edit", items=2, logged=EDITED, entries=2, effect=_history("New_one", "New_two"), is_=2,
    ),
    "edit-revert": Recipe(
        step="{pages: {titles: [Article 01, Article 02]}, edit: {revert: '${item.revid}', summary: x}}",
        action="edit", items=2, logged=EDITED, entries=2, effect=_history("Article_01", "Article_02"), is_=7 + 2,
    ),
    "protect": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002]}, protect: {protections: [edit=sysop], expiry: 1 month, reason: x}}",
        action="protect", items=2, logged=_log("protect"), entries=2, effect=_history("Bulk/001", "Bulk/002"), is_=2 + 2,
    ),
    "protect-titles": Recipe(
        step="{pages: {titles: [New one, 'Draft:New two']}, protect: {protections: [create=sysop], reason: x}}",
        action="protect", items=2, logged=_log("protect"), entries=2, effect="SELECT count(*) FROM protected_titles", is_=2,
    ),
    "unprotect": Recipe(
        step="{pages: {titles: [Protected page]}, protect: {protections: [edit=all, move=all], reason: x}}",
        action="protect", items=1, logged=_log("unprotect"), entries=1, is_=0,
        effect="SELECT count(*) FROM page_restrictions JOIN page ON page_id = pr_page WHERE page_title = 'Protected_page'",
    ),
    "tag-revisions": Recipe(
        step="{revisions: {list: usercontribs, user: Vandal, limit: 4}, tag: {add: [checked], reason: x}}",
        action="tag", items=4, logged=_log("update"), entries=4, prepare=with_tag, at_once=True,
        effect="SELECT count(*) FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE ctd_name = 'checked'", is_=4,
    ),
    "tag-log-entries": Recipe(
        step="{log_entries: {list: logevents, type: protect}, tag: {add: [checked], reason: x}}",
        action="tag", items=2, logged=_log("update"), entries=2, prepare=with_tag, at_once=True,
        effect="SELECT count(*) FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id WHERE ctd_name = 'checked'", is_=2,
    ),
    "rollback": Recipe(
        step="{pages: {titles: [Bulk/001, Article 20]}, rollback: {user: Vandal, summary: x}}",
        action="rollback", items=2, logged=EDITED, entries=2, prepare=spoilt("Bulk/001", "Article 20"),
        effect=_history("Bulk/001"), is_=1 + 2 + 1,
    ),
    "setpagelanguage": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002]}, setpagelanguage: {lang: de, reason: x}}",
        action="setpagelanguage", items=2, logged=_log("pagelang"), entries=2, prepare=with_languages,
        effect="SELECT count(*) FROM page WHERE page_lang = 'de'", is_=2,
    ),
    "changecontentmodel": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002]}, changecontentmodel: {model: text, summary: x}}",
        action="changecontentmodel", items=2, logged=_log("change"), entries=2,
        effect=_history("Bulk/001", "Bulk/002"), is_=2 + 2,
    ),
    "mergehistory": Recipe(
        step="{pages: {titles: [Bulk/001]}, mergehistory: {to: Fresh, reason: x}}", action="mergehistory", items=1,
        logged=_log("merge"), entries=1, effect=_history("Fresh"), is_=2, prepare=with_page,
    ),
    "api": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002, Bulk/003]},"
        " api: {action: managetags, parameters: {operation: create, tag: 'seen-${item.pageid}', reason: x}}}",
        action="managetags", items=3, entries=3, prepare=with_tag_makers, certain=False,
        logged=f"log_type = 'managetags' AND {_log('create')}", is_=0,
        effect="SELECT count(*) - count(DISTINCT log_params) FROM logging WHERE log_type = 'managetags'",
    ),
    # These leave no summary: what is seen of them is that they were done once.
    "patrol": Recipe(
        step="{revisions: {list: usercontribs, user: Vandal, limit: 2}, patrol: {}}", action="patrol", items=2,
        logged=_log("patrol"), entries=0, effect="SELECT count(*) FROM logging WHERE log_type = 'patrol'", is_=2,
        prepare=spoilt("Bulk/001"),
    ),
    "purge": Recipe(
        step="{pages: {titles: [Bulk/001, Bulk/002, Bulk/003]}, purge: {forcelinkupdate: true}}", action="purge", items=3,
        logged=_log("purge"), entries=0, is_=3,
        effect="SELECT count(*) FROM page WHERE page_title GLOB 'Bulk/00[123]'"
        " AND page_touched > (SELECT page_touched FROM page WHERE page_title = 'Bulk/004')",
    ),
    "watch": Recipe(
        step="{pages: {titles: [Bulk/001, Never made]}, watch: {}}", action="watch", items=2, logged=_log("watch"), entries=0,
        effect="SELECT count(*) FROM watchlist WHERE wl_title IN ('Bulk/001', 'Never_made') AND NOT wl_namespace", is_=2,
    ),
}  # fmt: skip
