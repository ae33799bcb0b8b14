"""What holds of every `where`: complete facts, nothing unknown passed over, its place beside the other words, warnings."""

from __future__ import annotations

import json

import pytest

from tests.desk import Desk, someone
from tests.e2e.reading import Line, blocked, lines_of, page_id, plan_file, planned, revisions, titles
from tests.e2e.test_where import COUNT, LAST, in_category
from tests.mediawiki import MediaWiki


def test_what_is_judged_of_revisions_is_kept_nowhere(desk: Desk) -> None:
    where = "[{comment: {regex: 'call 555-010[3-9]$'}}, {text: {regex: 'HAHA . 1'}}, {user: Vandal}]"
    step = f"- id: a\n  revisions: {{list: usercontribs, user: Vandal, where: {where}}}\n  revisiondelete: {{hide: [comment]}}"
    plan = plan_file(desk, step)
    assert len(lines_of(plan)) - 2 == 7
    files = [path for path in desk.folder.rglob("*") if path.is_file() and path.name != "playbook.yaml"]
    assert any(path.suffix in {".db", ".sqlite"} for path in files), files
    for path in files:
        for word in (b"555-0105", b"HAHA 3 1", b"HAHA 5"):
            assert word not in path.read_bytes(), path


def test_lists_that_are_continued_are_complete_before_they_are_judged(desk: Desk, wiki: MediaWiki) -> None:
    names = [f"Many {number:02}" for number in range(45)]
    wanted = [f"Crowd {number:02}" for number in range(30)]
    text = "".join(f"[[Category:{name}]][[{name} page]]" for name in names)
    admin = someone(wiki)
    for title in wanted:
        admin.edit(title, text + "[[Article 30]]")
    admin.edit("Crowd 99", text.replace("[[Category:Many 44]]", "").replace("[[Many 44 page]]", ""))
    wiki.run_jobs()
    assert wiki.rows("SELECT count(*) FROM categorylinks WHERE cl_to GLOB 'Many_*'")[0][0] > 2 * 500
    desk.use(wiki.api, "bob")  # 50 pages a request, and 500 links
    pages = [f"{name} page" for name in names]
    steps = "".join(
        f"- id: {name}\n  pages: {{generator: allpages, prefix: Crowd, where: [{json.dumps(where)}]}}\n  purge: {{}}\n"
        for name, where in {
            "categories": {"categories": {"all": names}},
            "links": {"links_to": {"all": pages}},
            "missing-one": {"not": {"links_to": {"all": pages}}},
        }.items()
    )  # fmt: skip
    few = "{titles: [Article 30, Article 31, Template:Infobox], where: [{links_here: {min: 30}}]}"
    most = f"- id: most\n  pages: {few}\n  purge: {{}}"
    items = planned(desk, steps + most)
    assert (titles(items["categories"]), titles(items["links"])) == (wanted, wanted)
    assert titles(items["missing-one"]) == ["Crowd 99"]
    assert titles(items["most"]) == ["Article 30"]


def test_links_are_counted_to_the_end(desk: Desk, wiki: MediaWiki) -> None:
    pages = "".join(
        f"<page><title>Leaf {number:03}</title><ns>0</ns><revision><timestamp>2024-01-01T00:00:00Z</timestamp>"
        "<contributor><username>Alice</username></contributor><model>wikitext</model><format>text/x-wiki</format>"
        f"<text>[[Hub]]{'[[Article 02]]' if number < 30 else ''}</text></revision></page>"
        for number in range(520)
    )
    schema = 'xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"'
    dump = desk.write(f"<mediawiki {schema}>{pages}</mediawiki>", "leaves.xml")
    wiki.maintenance("importDump", "--no-updates", str(dump))
    wiki.maintenance("refreshLinks", "--namespace", "0")
    assert wiki.rows("SELECT count(*) FROM pagelinks WHERE pl_title = 'Hub'") == [(520,)]
    desk.use(wiki.api, "bob")  # 500 links a request
    bounds = {"hub": "{min: 520}", "more": "{min: 521}", "exactly": "520", "some": "{min: 9}", "none": "0"}
    source = "titles: [Hub, Article 01, Article 02, Article 03, Nobody links here]"
    steps = "".join(
        f"- id: {name}\n  pages: {{{source}, where: [{{links_here: {bound}}}]}}\n  purge: {{}}\n"
        for name, bound in bounds.items()
    )
    items = planned(desk, steps)
    assert {name: titles(found) for name, found in items.items()} == {
        "hub": ["Hub"], "more": [], "exactly": ["Hub"], "some": ["Hub", "Article 02"], "none": ["Nobody links here"],
    }  # fmt: skip


def test_what_cannot_be_known_blocks_the_item(desk: Desk, wiki: MediaWiki) -> None:
    admin = someone(wiki)
    (*_, last) = revisions(wiki, "Article 20")
    bad = revisions(wiki, "Article 01")[-1]
    admin.edit("Article 20", "newer", summary="secret")
    newest = revisions(wiki, "Article 20")[-1]
    hide = {"action": "revisiondelete", "type": "revision", "hide": "user|comment"}
    admin.post(**hide, ids=f"{last}|{newest}", target="Article 20")
    desk.use(wiki.api, "bob")
    steps = f"""
- id: watchers
  pages: {{titles: [Article 01, Article 02, Gone], where: [{{watchers: 0}}]}}
  purge: {{}}
- id: not-watchers
  pages: {{titles: [Article 01], where: [{{not: {{watchers: {{min: 5}}}}}}]}}
  purge: {{}}
- id: last
  pages: {{titles: [Article 20, Article 21], where: [{{last_edit: {{not_by: Vandal}}}}]}}
  purge: {{}}
- id: either
  pages: {{titles: [Article 20, Article 21], where: [{{any: [{{last_edit: {{by: Vandal}}}}, {{namespace: 0}}]}}]}}
  purge: {{}}
- id: neither
  pages: {{titles: [Article 20], where: [{{watchers: 0}}, {{namespace: 1}}]}}
  purge: {{}}
- id: gone
  pages: {{titles: [Gone, 'Special:Version', '[bad]', 'mw:Help'], where: [{{redirect: false}}]}}
  purge: {{}}
- id: absent
  pages: {{titles: [Gone, Article 01], where: [{{exists: false}}]}}
  purge: {{}}
- id: present
  pages: {{titles: [Gone, Article 01], where: [{{exists: true}}]}}
  purge: {{}}
- id: file
  pages: {{titles: [Article 01, 'File:Red square.png'], where: [{{file_type: image/png}}]}}
  purge: {{}}
- id: hidden
  revisions: {{revids: [{newest}, {bad}, 99999999], where: [{{not: {{comment: {{contains: secret}}}}}}]}}
  revisiondelete: {{hide: [comment]}}
"""
    items = planned(desk, steps)
    unknown = "unknown_fact"
    assert blocked(items["watchers"]) == {"Article 01": unknown, "Article 02": unknown, "Gone": unknown}
    assert "watchers" in items["watchers"][0]["blocked"]["detail"]
    assert blocked(items["not-watchers"]) == {"Article 01": unknown}
    assert (titles(items["last"]), blocked(items["last"])) == (["Article 20", "Article 21"], {"Article 20": unknown})
    assert (titles(items["either"]), blocked(items["either"])) == (["Article 20", "Article 21"], {})
    assert items["neither"] == []
    assert blocked(items["gone"]) == {"Gone": unknown, "Special:Version": "special", "[bad]": "invalid", "mw:Help": "interwiki"}
    assert "does not exist" in items["gone"][0]["blocked"]["detail"]
    assert (titles(items["absent"]), blocked(items["absent"])) == (["Gone"], {"Gone": "missing"})
    assert (titles(items["present"]), blocked(items["present"])) == (["Article 01"], {})
    assert blocked(items["file"]) == {"Article 01": unknown}
    by_key = {item["key"]: item for item in items["hidden"]}
    assert by_key[f"rev:{newest}"]["blocked"]["code"] == unknown
    assert by_key[f"rev:{bad}"]["blocked"]["code"] == "permission"
    assert by_key["rev:99999999"]["blocked"]["code"] == unknown


def test_where_stands_before_limit_and_after_except_and_inside_other_sources(desk: Desk, wiki: MediaWiki) -> None:
    steps = """
- id: limited
  pages:
    generator: allpages
    namespace: 118
    except: {titles: ['Draft:Idea 02']}
    where: [{categories: {none: [Expired drafts]}}, {revisions: {min: 3}}]
    limit: 5
  purge: {}
- id: of
  pages: {generator: templates, of: {generator: allpages, where: [{last_edit: {by: Admin}}, {redirect: false}]}}
  purge: {}
- id: except
  pages: {generator: allpages, namespace: 118, except: {generator: allpages, namespace: 118, where: [{size: {min: 60}}]}}
  purge: {}
- id: again
  pages: {step: limited, where: [{last_edit: {by: Bob}}]}
  purge: {}
- id: edits
  revisions: {generator: revisions, of: {step: limited, where: [{title: {glob: '*Idea 03'}}]}, where: [{user: Alice}], limit: 1}
  revisiondelete: {hide: [comment]}
"""
    items = planned(desk, steps)
    drafts = f"page_namespace = 118 AND NOT {in_category('Expired_drafts')} AND page_title <> 'Idea_02' AND {COUNT} >= 3"
    rows = wiki.rows(f"SELECT page_title, {LAST} FROM page WHERE {drafts} ORDER BY page_title")
    named = {"Draft:" + str(title).replace("_", " "): user for title, user in rows}
    assert titles(items["limited"]) == list(named)[:5]
    assert sorted(titles(items["of"])) == ["Cascaded page", "Template:Cascaded"]
    short = wiki.rows("SELECT 'Draft:' || replace(page_title, '_', ' ') FROM page WHERE page_namespace = 118 AND page_len < 60")
    assert sorted(titles(items["except"])) == sorted(row[0] for row in short)
    assert titles(items["again"]) == [title for title in titles(items["limited"]) if named[title] == "Bob"]
    edits = wiki.rows(
        "SELECT rev_id FROM revision JOIN page ON page_id = rev_page JOIN actor ON actor_id = rev_actor"
        " WHERE page_namespace = 118 AND page_title = 'Idea_03' AND actor_name = 'Alice' ORDER BY rev_timestamp DESC"
    )
    assert [item["revid"] for item in items["edits"]] == [row[0] for row in edits][:1] != []


def test_an_unknown_fact_inside_another_source_is_a_warning(desk: Desk, wiki: MediaWiki) -> None:
    desk.use(wiki.api, "bob")
    steps = """
- id: of
  pages: {generator: links, of: {titles: [Article 01, Wanted 1], where: [{watchers: 0}]}}
  purge: {}
- id: except
  pages: {titles: [Article 01, Article 02], except: {titles: [Article 02], where: [{watchers: {min: 9}}]}}
  purge: {}
"""
    header, *items, _ = lines_of(plan_file(desk, steps))
    warnings = [text for text in header["warnings"] if "could not be judged" in text]
    assert [text.split(":")[0] for text in warnings] == ["step of", "step except"]
    assert "2 could not" in warnings[0]
    assert "1 could not" in warnings[1]
    assert [item["title"] for item in items] == ["Article 01"]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("{namespace: Drafts}", "Drafts"),
        ("{namespace: 120}", "120"),
        ("{not: {content_model: wikitxt}}", "did you mean `wikitext`"),
        ("{not: {protection: {edit: syspo}}}", "did you mean `sysop`"),
        ("{protection: {edti: sysop}}", "did you mean `edit`"),
        ("{links_to: {none: ['mw:Help']}}", "mw:Help"),
        ("{links_to: {none: ['Special:Version', ':']}}", ""),
    ],
)
def test_a_name_that_the_wiki_lacks_refuses_the_plan(desk: Desk, where: str, said: str) -> None:
    step = f"- id: a\n  pages: {{titles: [Article 01], where: [{where}]}}\n  purge: {{}}"
    result = desk.wikimop("plan", desk.playbook(step), code=2)
    assert said in result.err


def test_a_tag_that_the_wiki_lacks_refuses_the_plan(desk: Desk) -> None:
    where = "[{tags: {none: [mw-rollbak]}}]"
    step = f"- id: a\n  revisions: {{list: usercontribs, user: Vandal, where: {where}}}\n  revisiondelete: {{hide: [comment]}}"
    assert "did you mean `mw-rollback`" in desk.wikimop("plan", desk.playbook(step), code=2).err


def test_what_is_missing_is_a_warning(desk: Desk) -> None:
    where = (
        "[{categories: {none: [No such]}}, {templates: {none: [No such]}}, {last_edit: {not_by: [Nobody here, 192.0.2.7]}},"
        " {not: {page_property: noindx}}, {not: {creation: {by: Nobody else}}}]"
    )
    step = f"- id: a\n  pages: {{titles: [Article 01], where: {where}}}\n  purge: {{}}"
    header: Line = lines_of(plan_file(desk, step))[0]
    text = "\n".join(header["warnings"])
    for word in ("Category:No such", "Template:No such", "user Nobody here", "user Nobody else", "noindx"):
        assert word in text
    assert len(header["warnings"]) == 5


def test_only_what_is_needed_is_read_one_by_one_and_that_is_announced(desk: Desk) -> None:
    where = "[{revisions: {min: 80}}, {title: {glob: 'History/*'}}]"
    step = f"- id: a\n  pages: {{generator: allpages, where: {where}}}\n  purge: {{}}"
    result = desk.wikimop("plan", desk.playbook(step), "-v", code=0)
    (line,) = [line for line in result.err.splitlines() if "one by one" in line]
    assert "pages=1" in line
    assert "step=a" in line


def test_with_a_limit_no_more_is_read_one_by_one_than_it_takes(desk: Desk) -> None:
    where = "[{title: {glob: 'Draft:Idea ??'}}, {revisions: {min: 2}}]"
    step = f"- id: a\n  pages: {{generator: allpages, namespace: 118, where: {where}, limit: 3}}\n  purge: {{}}"
    told = desk.wikimop("plan", desk.playbook(step), "-v", code=0).err
    assert [line.rpartition("pages=")[2] for line in told.splitlines() if "one by one" in line] == ["3"]


def test_texts_that_do_not_fit_into_one_answer_are_all_read(desk: Desk, wiki: MediaWiki) -> None:
    sysop = someone(wiki, "sysop")
    for number in range(12):
        sysop.edit("Much text", "x" * 4000 + f" {number}")
    wiki.settings("$wgAPIMaxResultSize = 10000;")
    found = revisions(wiki, "Much text")
    query = {"prop": "revisions", "rvprop": "content", "rvslots": "main", "revids": "|".join(map(str, found))}
    answer = sysop.get(action="query", **query)
    assert [warning["code"] for warning in answer["warnings"]] == ["truncatedresult"]
    source = "{generator: revisions, of: {titles: [Much text]}, where: [{text: {regex: ' (0|5|11)$'}}]}"
    step = f"- id: a\n  revisions: {source}\n  revisiondelete: {{hide: [comment]}}"
    assert sorted(item["revid"] for item in planned(desk, step)["a"]) == [found[0], found[5], found[11]]


def test_each_condition_tells_what_it_saw(desk: Desk, wiki: MediaWiki) -> None:
    where = "[{revisions: {min: 3}}, {title: {glob: '*/Notes'}}]"
    step = f"- id: a\n  pages: {{generator: allpages, namespace: 118, where: {where}}}\n  purge: {{}}"
    told = desk.wikimop("plan", desk.playbook(step), "-v", code=0).err
    ((drafts,),) = wiki.rows("SELECT count(*) FROM page WHERE page_namespace = 118")
    assert f"condition=title: glob */Notes  saw={drafts}  kept=4  dropped={drafts - 4}  unknown=0" in told
    assert "condition=revisions: min 3  saw=4  kept=0  dropped=4  unknown=0" in told


def test_a_pattern_that_would_take_forever_elsewhere_takes_no_time(desk: Desk, wiki: MediaWiki) -> None:
    someone(wiki).edit("A" * 200, "x")
    step = "- id: a\n  pages: {generator: allpages, prefix: AAAA, where: [{not: {title: {regex: '^(A+)+$x'}}}]}\n  purge: {}"
    (items,) = planned(desk, step).values()
    assert [item["pageid"] for item in items] == [page_id(wiki, "A" * 200)]


def test_variables_reach_conditions(desk: Desk) -> None:
    top = "vars: {grace: 180 days, namespaces: [118, Talk], most: 2}"
    where = """[{last_edit: {older_than: '${vars.grace}'}}, {namespace: '${vars.namespaces}'},
      {links_here: {max: '${vars.most}'}}]"""
    step = f"- id: a\n  pages: {{titles: ['Draft:Idea 01', 'Talk:Article 01', Article 01], where: {where}}}\n  purge: {{}}"
    assert titles(planned(desk, step, top)["a"]) == ["Draft:Idea 01", "Talk:Article 01"]


def test_the_size_of_a_revision_is_not_that_of_its_page(desk: Desk, wiki: MediaWiki) -> None:
    admin = someone(wiki)
    admin.edit("Sized", "x" * 500)
    admin.edit("Sized", "tiny")
    first = revisions(wiki, "Sized")[0]
    conditions = {
        "short": "{any: [{size: {max: 30}}, {redirect: true}]}",
        "short-counted": "{any: [{size: {max: 30}}, {links_here: {min: 1}}, {revisions: {min: 9}}]}",
        "long": "{all: [{size: {min: 400}}, {redirect: false}]}",
    }
    sources = ((name, f"{{revids: [{first}], where: [{where}]}}") for name, where in conditions.items())
    steps = "".join(f"- id: {name}\n  revisions: {source}\n  revisiondelete: {{hide: [comment]}}\n" for name, source in sources)
    assert [len(items) for items in planned(desk, steps).values()] == [0, 0, 1]


def test_only_a_file_has_usage(desk: Desk) -> None:
    source = "{titles: [Main Page, 'File:Unused.png', 'File:Red square.png', 'File:Never was.png'], where: [{usage: 0}]}"
    items = planned(desk, f"- id: a\n  pages: {source}\n  purge: {{}}")["a"]
    assert blocked(items) == {"Main Page": "unknown_fact", "File:Never was.png": "missing"}
    assert titles(items) == ["Main Page", "File:Unused.png", "File:Never was.png"]
