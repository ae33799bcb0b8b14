"""What one source of several cannot judge is never acted upon, wherever that source stands."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.e2e.reading import blocked, lines_of, plan_file, planned, titles
from tests.e2e.test_sources import steps

# Whether this is in the source cannot be told: the page is no file.
DOUBT = "{titles: [Article 01], where: [{file_size: {min: 1}}]}"
FIRST = "titles: [Article 01]"
BOTH = "{titles: [Article 01, Article 02]}"
ONE = {"Article 01": "unknown_fact"}

SETS = {
    "last": (f"{{intersect: [{BOTH}, {DOUBT}]}}", ["Article 01"], ONE),
    "foremost": (f"{{intersect: [{DOUBT}, {BOTH}]}}", ["Article 01"], ONE),
    "middle": (f"{{intersect: [{BOTH}, {DOUBT}, {BOTH}]}}", ["Article 01"], ONE),
    "deep": (f"{{intersect: [{BOTH}, {{union: [{{intersect: [{BOTH}, {DOUBT}]}}]}}]}}", ["Article 01"], ONE),
    "parents": (f"{{intersect: [{BOTH}, {{step: first, where: [{{file_size: {{min: 1}}}}], limit: 1}}]}}", ["Article 01"], ONE),
    "beside-parents": (f"{{intersect: [{{step: first}}, {DOUBT}]}}", ["Article 01"], ONE),
    "not-in-common": (f"{{intersect: [{{titles: [Article 02]}}, {DOUBT}]}}", [], {}),
    "settled": (f"{{intersect: [{BOTH}, {DOUBT}], where: [{{namespace: 1}}]}}", [], {}),
    # In a union it is enough that one source has it.
    "union": (f"{{union: [{DOUBT}, {BOTH}]}}", ["Article 01", "Article 02"], {}),
    "other-way": (f"{{union: [{BOTH}, {DOUBT}]}}", ["Article 01", "Article 02"], {}),
    "limited": (f"{{union: [{DOUBT}, {{titles: [Article 02]}}], limit: 1}}", ["Article 02"], {}),
    "nobody-else": (f"{{union: [{DOUBT}, {{titles: [Article 02]}}]}}", ["Article 02", "Article 01"], ONE),
    "union-in-common": (f"{{intersect: [{BOTH}, {{union: [{DOUBT}, {BOTH}]}}]}}", ["Article 01", "Article 02"], {}),
    # What may stand in the exception is left out.
    "except": (f"{{titles: [Article 01, Article 02], except: {DOUBT}}}", ["Article 02"], {}),
    "except-of": (f"{{generator: links, of: {{{FIRST}}}, except: {{generator: links, of: {DOUBT}}}}}", [], {}),
    "except-intersect": (
        f"{{titles: [Article 01, Article 02], except: {{intersect: [{{titles: [Article 01]}}, {DOUBT}]}}}}", ["Article 02"], {}
    ),
    "except-except": (
        f"{{titles: [Article 01, Article 02], except: {{titles: [Article 01], except: {DOUBT}}}}}", ["Article 02"], {}
    ),
    "except-thrice": (
        f"{{titles: [Article 01, Article 02], except: {{titles: [Article 01], except: {{{FIRST}, except: {DOUBT}}}}}}}",
        ["Article 02"], {},
    ),
    "except-limit": (
        f"{{{FIRST}, except: {{titles: [Article 02, Article 01], where: [{{file_size: {{min: 1}}}}], limit: 1}}}}",
        [], {},
    ),
    "except-step": ("{titles: [Article 01, Article 02], except: {step: doubtful}}", ["Article 02"], {}),
    "known": (
        "{titles: [Article 01, Article 02], except: {titles: [Article 01, Article 02], except: {titles: [Article 02]}}}",
        ["Article 02"], {},
    ),
}  # fmt: skip


def test_what_one_of_several_sources_cannot_judge_is_not_acted_upon(desk: Desk) -> None:
    before = f"- id: first\n  pages: {BOTH}\n  purge: {{}}\n- id: doubtful\n  pages: {DOUBT}\n  purge: {{}}\n"
    items = planned(desk, before + steps({name: source for name, (source, _, _) in SETS.items()}))
    found = {name: (titles(items[name]), blocked(items[name])) for name in SETS}
    assert found == {name: (wanted, told) for name, (_, wanted, told) in SETS.items()}
    (item,) = items["last"]
    assert "file_size" in item["blocked"]["detail"]


@pytest.mark.parametrize("order", ["{0}, {1}", "{1}, {0}"])
def test_a_page_that_cannot_be_judged_is_not_made(desk: Desk, order: str) -> None:
    sources = order.format("{titles: [Gone]}", "{titles: [Gone], where: [{redirect: false}]}")
    items = planned(desk, f"- id: a\n  pages: {{intersect: [{sources}]}}\n  edit: {{text: x, create: true}}\n")["a"]
    assert blocked(items) == {"Gone": "unknown_fact"}


def test_the_warning_tells_of_every_source_that_could_not_judge(desk: Desk) -> None:
    header = lines_of(plan_file(desk, steps({"a": f"{{intersect: [{BOTH}, {DOUBT}]}}"})))[0]
    assert header["warnings"] == ["step a: of a source inside, 1 could not be judged ((file_size: min 1))"]
