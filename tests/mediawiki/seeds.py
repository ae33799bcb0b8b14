"""The pages of the test wiki: the same titles, texts, authors, times and ids every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from xml.sax.saxutils import escape

EPOCH = datetime(2023, 1, 1, 12, tzinfo=UTC)
NAMESPACES = dict(
    zip(
        ("Talk", "User", "User talk", "Project", "Project talk", "Template", "Template talk", "Help", "Help talk",
         "Category", "Category talk", "Draft", "Draft talk"),
        (1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 118, 119),
        strict=True,
    )
)  # fmt: skip
ARTICLES = tuple(f"Article {number:02}" for number in range(1, 61))
DRAFTS = tuple(f"Draft:Idea {number:02}" for number in range(1, 41))
EXPIRED = DRAFTS[::3]
VANDALISED = ARTICLES[:13]  # two bad edits each in the first ten, one in the others
VANDAL_IS_LAST = ARTICLES[:8]
VANDAL_CREATED = ("Buy cheap things", "Vandal was here")
BROKEN_REDIRECTS = tuple(f"Broken redirect {number:02}" for number in range(1, 13))
EMPTY_CATEGORIES = tuple(f"Category:Empty {number:02}" for number in range(1, 9))
BULK = tuple(f"Bulk/{number:03}" for number in range(1, 201))
LONG_HISTORY = "History/Long"
AWKWARD = (
    "مقالة تجريبية",
    "דף ניסיון (1)",
    "Café société",
    "Ångström & Å",
    "AT&T R&D",
    'The "quoted" page',
    "L'été – it's here",  # noqa: RUF001
    "C++",
    "1+1=2?",
    "100% wool, 50 %",
    "A, b; c: (d) @ e!",
    "Path/with//slashes",
    "日本語のページ",
    "😀 emoji",
    "Straße $HOME `x` \\n ~",
    "L" + "o" * 252 + "ng",
    "ن" * 127,
)


@dataclass(frozen=True)
class Revision:
    user: str
    when: datetime
    comment: str
    text: str


@dataclass(frozen=True)
class Page:
    title: str
    revisions: tuple[Revision, ...]

    @property
    def namespace(self) -> int:
        prefix, colon, _ = self.title.partition(":")
        return NAMESPACES.get(prefix, 0) if colon else 0


def pages() -> list[Page]:
    return list(chain(_basics(), _articles(), _drafts(), _redirects(), _talk(), _categories(), _special(), _bulk(), _index()))


def dump() -> str:
    """All pages as MediaWiki's export format."""
    body = "".join(_page_xml(page) for page in pages())
    schema = "http://www.mediawiki.org/xml/export-0.11/"
    return f'<mediawiki xmlns="{schema}" version="0.11" xml:lang="en">\n{body}</mediawiki>\n'


def _page_xml(page: Page) -> str:
    revisions = "".join(_revision_xml(revision) for revision in page.revisions)
    return f"<page><title>{escape(page.title)}</title><ns>{page.namespace}</ns>{revisions}</page>\n"


def _revision_xml(revision: Revision) -> str:
    return (
        f"<revision><timestamp>{revision.when:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
        f"<contributor><username>{escape(revision.user)}</username></contributor>"
        f"<comment>{escape(revision.comment)}</comment><model>wikitext</model><format>text/x-wiki</format>"
        f'<text xml:space="preserve">{escape(revision.text)}</text></revision>'
    )


def _at(days: float, minutes: float = 0) -> datetime:
    return EPOCH + timedelta(days=days, minutes=minutes)


def _simple(title: str, text: str, days: float = 0, user: str = "Alice") -> Page:
    return Page(title, (Revision(user, _at(days), "new page", text),))


def _basics() -> Iterator[Page]:
    welcome = "Welcome to the '''test wiki'''. See [[Article 01]] and [[:Category:Drafts]]."
    yield _simple("Main Page", welcome, user="Admin")
    yield _simple("Template:Infobox", "<includeonly>{| class=infobox\n| {{{name|}}}\n|}</includeonly>", user="Admin")
    yield _simple("Template:Old", "<includeonly>''Old.'' [[Category:Old things]]</includeonly>", user="Admin")
    yield _simple("Template:Unused", "Nobody needs this.", user="Carol")
    yield _simple("Template:Cascaded", "Protected through a cascade.", user="Admin")
    yield _simple("Project:About", "What this wiki is for.", user="Admin")
    yield _simple("Help:Contents", "Help.", user="Admin")
    yield _simple("User:Alice", "I am Alice.")
    yield _simple("User:Alice/sandbox", "Test test.")
    yield _simple("User:Bob", "I am Bob.", user="Bob")


def _articles() -> Iterator[Page]:
    for number, title in enumerate(ARTICLES):
        text = _article_text(number)
        revisions = [Revision("Alice", _at(number), "new article", text)]
        if number % 2:
            revisions.append(Revision("Bob", _at(number, 90), "typo", text := text + "\nMore about it."))
        yield Page(title, (*revisions, *_vandalism(number, title, text)))
    for number, title in enumerate(VANDAL_CREATED):
        yield Page(title, (Revision("Vandal", _at(425, 50 + number), "lol new", "Buy! Buy! Buy!"),))


def _article_text(number: int) -> str:
    title, following = ARTICLES[number], ARTICLES[(number + 1) % len(ARTICLES)]
    infobox = f"{{{{Infobox|name={title}}}}}"
    parts = [infobox, f"'''{title}''' comes before [[{following}]]. See [[Wanted {number % 7}]]."]
    parts += ["{{Old}}"] if number % 4 == 0 else []
    parts += ["[[File:Red square.png]]"] if number < 3 else []
    return "\n".join([*parts, "[[Category:Articles]]"])


def _vandalism(number: int, title: str, text: str) -> Iterator[Revision]:
    if title in VANDALISED:
        for edit in range(2 if number < 10 else 1):
            bad = f"{text}\nHAHA {number} {edit}"
            yield Revision("Vandal", _at(425, number * 2 + edit), f"lol {number} call 555-01{number:02}", bad)
        if title not in VANDAL_IS_LAST:
            yield Revision("Carol", _at(426, number), "Reverted vandalism", text)


def _drafts() -> Iterator[Page]:
    people = ("Alice", "Bob", "Admin")
    for number, title in enumerate(DRAFTS):
        category = "[[Category:Drafts]]" + ("\n[[Category:Expired drafts]]" if title in EXPIRED else "")
        start = -900 if title in EXPIRED else 300
        yield Page(
            title,
            tuple(
                Revision(
                    people[(number + step) % 3], _at(start + number * 5 + step * 3, step), f"step {step + 1}",
                    f"Draft {number + 1}, step {step + 1}.\n{category}",
                )
                for step in range(2 + number % 4)
            ),
        )  # fmt: skip
    for title in DRAFTS[:4]:
        yield _simple(f"{title}/Notes", "Notes for the draft.", 320, "Bob")


def _redirects() -> Iterator[Page]:
    for number in range(1, 16):
        yield _simple(f"Old name {number:02}", f"#REDIRECT [[Article {number:02}]]", 200 + number)
    for number, title in enumerate(BROKEN_REDIRECTS, 1):
        yield _simple(title, f"#REDIRECT [[Gone {number:02}]]", 230 + number, "Bob")
    for number in range(1, 4):
        yield _simple(f"Double redirect {number}", f"#REDIRECT [[Old name {number:02}]]", 250 + number)


def _talk() -> Iterator[Page]:
    for number, title in enumerate(ARTICLES[:20]):
        yield _simple(f"Talk:{title}", "I like this. ~ Bob", 100 + number, "Bob")
    for number, title in enumerate(DRAFTS[:10]):
        yield _simple(title.replace("Draft:", "Draft talk:"), "Is this any good?", 330 + number, "Carol")
    for number in range(1, 6):
        yield _simple(f"Talk:Orphan {number}", "The page of this talk page is gone.", 340 + number, "Bob")
    for title in ("User talk:Vandal", "User talk:Bob", "Template talk:Infobox", "Category talk:Drafts"):
        yield _simple(title, "A remark.", 350, "Admin")


def _categories() -> Iterator[Page]:
    for name in ("Articles", "Drafts", "Expired drafts", "Old things", "Bulk", "Awkward"):
        yield _simple(f"Category:{name}", f"All {name.lower()}. [[Category:Everything]]", user="Admin")
    for number, title in enumerate(EMPTY_CATEGORIES):
        yield _simple(title, "A maintenance category. [[Category:Maintenance categories]]", 150 + number, "Admin")
    for month in ("January", "February", "March"):
        category = f"Category:Checked in {month} 2023"
        yield _simple(category, "A maintenance category. [[Category:Maintenance categories]]", 160, "Admin")
        if month != "March":
            yield _simple(f"Checked {month}", f"Checked.\n[[{category}]]", 161)


def _special() -> Iterator[Page]:
    people = ("Alice", "Bob", "Carol")
    history = (Revision(people[n % 3], _at(10, n * 60), f"edit {n + 1}", f"Version {n + 1}.") for n in range(80))
    yield Page(LONG_HISTORY, tuple(history))
    yield _simple("Protected page", "Only sysops may edit this.", 20, "Admin")
    yield _simple("Cascade page", "{{Cascaded}} {{:Cascaded page}}", 21, "Admin")
    yield _simple("Cascaded page", "Protected because [[Cascade page]] includes it.", 22)
    for number, title in enumerate(AWKWARD):
        yield _simple(title, f"An awkward title, number {number + 1}.\n[[Category:Awkward]]", 30 + number)


def _index() -> Iterator[Page]:
    links = "\n".join(f"* [[{title}]]" for title in DRAFTS)
    yield _simple("Project:Draft index", f"All drafts, by hand:\n{links}", 61, "Alice")


def _bulk() -> Iterator[Page]:
    for number, title in enumerate(BULK, 1):
        yield _simple(title, f"Page {number} of many.\n[[Category:Bulk]]", 60, "Robot")
