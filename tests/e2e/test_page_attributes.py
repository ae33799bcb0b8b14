"""`setpagelanguage` and `changecontentmodel` on the real wiki, judged by its own tables."""

from __future__ import annotations

from tests.desk import Desk, someone
from tests.e2e.allowed import allow
from tests.e2e.reading import applied, blocked, carried_out, ends, plan_file, planned, settled
from tests.e2e.stock import define_tag
from tests.e2e.test_undo import undone
from tests.mediawiki import MediaWiki

LANGUAGES = """
$wgPageLanguageUseDB = true;
$wgGroupPermissions['sysop']['pagelang'] = true;
$wgGrantPermissions['editpage']['pagelang'] = true;
"""


def column(wiki: MediaWiki, name: str, *titles: str) -> list[str | None]:
    """A column of the table of pages, for pages of the main namespace."""
    rows = (
        wiki.rows(f"SELECT {name} FROM page WHERE page_namespace = 0 AND page_title = ?", title.replace(" ", "_"))
        for title in titles
    )
    return [str(value) if value is not None else None for ((value,),) in rows]


def logged(wiki: MediaWiki, kind: str) -> list[tuple[int, str, str]]:
    """The entries of a log: id, title, comment."""
    rows = wiki.rows(
        "SELECT log_id, log_title, comment_text FROM logging JOIN comment ON comment_id = log_comment_id"
        " WHERE log_type = ? ORDER BY log_id",
        kind,
    )
    return [(int(number), str(title), str(comment)) for number, title, comment in rows]


def tagged(wiki: MediaWiki, name: str, kind: str) -> int:
    rows = wiki.rows(
        "SELECT count(*) FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id JOIN logging ON log_id = ct_log_id"
        " WHERE ctd_name = ? AND log_type = ?",
        name,
        kind,
    )
    return int(rows[0][0])


def step(action: str, options: str, titles: str = "[Article 20, Article 21]") -> str:
    return f"- id: a\n  pages: {{titles: {titles}}}\n  {action}: {{{options}}}"


def test_languages(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(LANGUAGES)
    define_tag(wiki, "checked")
    run = carried_out(desk, step("setpagelanguage", "lang: de, reason: In German, tags: [checked]"))
    assert column(wiki, "page_lang", "Article 20", "Article 21", "Article 22") == ["de", "de", None]
    mark = f"In German (wikimop {run['run']})"
    assert logged(wiki, "pagelang") == [
        (item["logid"], item["title"].replace(" ", "_"), mark) for item in run["items"]
    ]  # fmt: skip
    settled(lambda: tagged(wiki, "checked", "pagelang") == 2)
    again = carried_out(desk, step("setpagelanguage", "lang: de", "[Article 20, Article 22]"))
    assert ends(again) == {"Article 20": ("unchanged", "pagelang-unchanged-language"), "Article 22": ("done", None)}
    carried_out(desk, step("setpagelanguage", "lang: default", "[Article 20]"))
    assert column(wiki, "page_lang", "Article 20", "Article 21") == [None, "de"]
    back = undone(desk, run["run"], code=1)
    assert ends(back) == {"Article 20": ("skipped", "blocked:changed_since"), "Article 21": ("done", None)}
    assert column(wiki, "page_lang", "Article 20", "Article 21") == [None, None]


def test_a_language_of_its_own_comes_back(desk: Desk, wiki: MediaWiki) -> None:
    wiki.settings(LANGUAGES)
    someone(wiki).post(action="setpagelanguage", title="Article 20", lang="fr")
    run = carried_out(desk, step("setpagelanguage", "lang: ar"))
    assert column(wiki, "page_lang", "Article 20", "Article 21") == ["ar", "ar"]
    back = undone(desk, run["run"])
    assert {item["state"] for item in back["items"]} == {"done"}
    assert column(wiki, "page_lang", "Article 20", "Article 21") == ["fr", None]


def test_languages_that_cannot_be_and_drift(desk: Desk, wiki: MediaWiki) -> None:
    told = carried_out(desk, step("setpagelanguage", "lang: de", "[Article 20]"), code=1)
    assert ends(told) == {"Article 20": ("skipped", "blocked:permission")}
    wiki.settings(LANGUAGES.replace("$wgPageLanguageUseDB = true;", ""))
    told = carried_out(desk, step("setpagelanguage", "lang: de", "[Article 20]"), code=1)
    assert ends(told) == {"Article 20": ("failed", "pagelang-disabled")}
    wiki.settings(LANGUAGES)
    refused = desk.wikimop("plan", desk.playbook(step("setpagelanguage", "lang: deutsch")), code=2)
    assert "`lang` of `setpagelanguage` cannot be `deutsch` on this wiki" in refused.err
    plan = plan_file(desk, step("setpagelanguage", "lang: de", "[Article 20, Article 21, Article 22, Article 23]"))
    other = someone(wiki)
    other.post(action="setpagelanguage", title="Article 20", lang="fr")
    other.delete("Article 21")
    other.move("Article 22", "Article 22 moved")
    other.edit("Article 23", "Edited, which does not matter.")
    run = applied(desk, plan, code=1)
    assert {title: code for title, (_, code) in ends(run).items()} == {
        "Article 20": "drift:language", "Article 21": "drift:gone", "Article 22": "drift:moved", "Article 23": None,
    }  # fmt: skip


def test_content_models(desk: Desk, wiki: MediaWiki) -> None:
    define_tag(wiki, "checked")
    someone(wiki).edit("Data", '{"a": 1}')
    steps = step("changecontentmodel", "model: json, summary: It is data, tags: [checked]", "[Data, Article 20]")
    run = carried_out(desk, steps, code=1)
    assert ends(run) == {"Data": ("done", None), "Article 20": ("failed", "invalid-json-data")}
    assert column(wiki, "page_content_model", "Data", "Article 20") == ["json", "wikitext"]
    (item,) = [one for one in run["items"] if one["state"] == "done"]
    assert logged(wiki, "contentmodel") == [(item["logid"], "Data", f"It is data (wikimop {run['run']})")]
    assert str(item["newrevid"]) == column(wiki, "page_latest", "Data")[0]
    settled(lambda: tagged(wiki, "checked", "contentmodel") == 1)
    again = carried_out(desk, step("changecontentmodel", "model: json", "[Data]"))
    assert ends(again) == {"Data": ("unchanged", "no_change")}
    back = undone(desk, run["run"])
    assert {one["state"] for one in back["items"]} == {"done"}
    assert column(wiki, "page_content_model", "Data") == ["wikitext"]
    both = step("changecontentmodel", "model: text", "[Article 21]") + "\n- {id: b, pages: {titles: [Article 21]}, delete: {}}"
    assert carried_out(desk, both)["counts"]["done"] == 2


def test_without_any_summary(desk: Desk, wiki: MediaWiki) -> None:
    """The wiki breaks down over a request that lacks it."""
    run = carried_out(desk, step("changecontentmodel", "model: text", "[Article 20]"), "stamp: false")
    assert ends(run) == {"Article 20": ("done", None)}
    assert logged(wiki, "contentmodel")[0][2] == ""


def test_a_bot_s_edits(desk: Desk, wiki: MediaWiki) -> None:
    steps = step("changecontentmodel", "model: text, bot: true", "[Article 20]")
    (item,) = planned(desk, steps)["a"]
    assert item["blocked"]["detail"] == "your account lacks the right 'bot'"
    wiki.settings("$wgGroupPermissions['sysop']['bot'] = true;")
    carried_out(desk, steps)
    carried_out(desk, steps.replace(", bot: true", "").replace("20", "22"))
    marks = "SELECT rc_bot FROM recentchanges WHERE rc_this_oldid = (SELECT page_latest FROM page WHERE page_title = ?)"
    assert wiki.rows(marks, "Article_20") == [(1,)]
    assert column(wiki, "page_content_model", "Article 20", "Article 22") == ["text", "text"]


def test_no_page_becomes_a_script_by_the_way(desk: Desk, wiki: MediaWiki) -> None:
    steps = step("changecontentmodel", "model: javascript", "[Article 20]")
    assert blocked(planned(desk, steps)["a"]) == {"Article 20": "not_allowed"}
    allow(desk, wiki.api, "scripts: true", "sysop")
    assert carried_out(desk, steps, "wiki: allowing")["counts"]["done"] == 1
    assert column(wiki, "page_content_model", "Article 20") == ["javascript"]


def test_models_that_cannot_be_and_drift(desk: Desk, wiki: MediaWiki) -> None:
    refused = desk.wikimop("plan", desk.playbook(step("changecontentmodel", "model: jsn")), code=2)
    assert "`model` of `changecontentmodel` cannot be `jsn` on this wiki" in refused.err
    assert "json" in refused.err
    plan = plan_file(desk, step("changecontentmodel", "model: text", "[Article 20, Article 21, Article 22, Article 23]"))
    other = someone(wiki)
    other.post(action="changecontentmodel", title="Article 20", model="javascript", summary="x")
    other.edit("Article 21", "Edited.")
    other.move("Article 22", "Article 22 moved")
    other.delete("Article 23")
    run = applied(desk, plan, code=1)
    assert {title: code for title, (_, code) in ends(run).items()} == {
        "Article 20": "drift:contentmodel", "Article 21": "drift:edited", "Article 22": "drift:moved",
        "Article 23": "drift:gone",
    }  # fmt: skip
