"""The schema of a source (JSON Schema, Draft 2020-12): of the values of `pages:` and `revisions:`.

Dispatch is by `if`/`then` on the head and on the module's name, so that a mistake is told for the module that was
meant: a misspelt parameter is `additionalProperties` in a branch whose `properties` are the right ones. Values are
those after rendering; the view for editors, which lets `${vars.x}` stand for any of them, is made from this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec, generators
from runner.sources.examples import EXAMPLES
from runner.sources.schema_parameters import UNDESCRIBED, parameters, prefixed, required
from runner.sources.schema_words import file_head, related_word, set_head
from runner.sources.words import HEADS, OUTCOMES, SETS, WORDS
from runner.where.schema import where_definitions, where_schema

Schema = dict[str, Any]

LISTS: Mapping[Kind, tuple[str, ...]] = {
    "pages": ("allusers", "blocks", "logevents", "usercontribs"),
    "revisions": ("usercontribs",),
    "deleted_files": ("filearchive",),
    "log_entries": ("logevents",),
    "users": ("allusers", "blocks"),
}
GENERATORS: Mapping[Kind, tuple[str, ...]] = {
    "deleted_pages": ("alldeletedrevisions",),
    "revisions": ("revisions", "allrevisions"),
    "deleted_revisions": ("deletedrevisions", "alldeletedrevisions"),
}
NEED_LIMIT = frozenset({"random"})
_EXAMPLES: Mapping[Kind, Any] = {
    "pages": "allpages",
    "deleted_pages": "alldeletedrevisions",
    "revisions": "allrevisions",
    "deleted_revisions": "alldeletedrevisions",
    "file_versions": {"titles": ["File:Example.png"]},
    "deleted_files": "filearchive",
    "log_entries": "logevents",
    "users": "blocks",
}
_TITLES: Mapping[Kind, str] = {
    "deleted_pages": "Deleted pages by title, namespace included.",
    "deleted_revisions": "All archived revisions of these titles, namespace included.",
    "file_versions": "All old versions of these files, `File:` included.",
    "deleted_files": "All archived versions of these files, `File:` included.",
}
_IDS: Schema = {"type": ["array", "integer"], "minimum": 1, "minItems": 1, "items": {"type": "integer", "minimum": 1}}


def source_definitions(modules: Modules = CATALOGUE) -> dict[str, Schema]:
    """`$defs` to refer to as `#/$defs/pages`, `#/$defs/revisions` and so on; what they need stands in their own `$defs`,
    and the conditions of `where`, which nest, beside them."""
    return {**{kind: _source(kind, modules) for kind in HEADS}, **where_definitions()}


def module_names(kind: Kind, head: str, modules: Modules = CATALOGUE) -> tuple[str, ...]:
    """The modules that `generator:` or `list:` may name in a source of this kind, of those that there are."""
    if kind == "pages" and head == "generator":
        return generators(modules)
    known = (LISTS if head == "list" else GENERATORS).get(kind, ())
    own = (name for name, spec in modules.items() if kind == "pages" and name not in CATALOGUE and spec.group == "list")
    return (*(name for name in known if name in modules), *own)


def words_beside(kind: Kind, head: str, name: str = "", modules: Modules = CATALOGUE) -> tuple[str, ...]:
    """Our own words that may stand beside a head; `name` is the module, for the heads that name one."""
    spec = modules.get(name)
    unfit = set() if spec and (spec.needs_of or (spec.undescribed and head == "generator")) else {"of"}
    if head not in ("titles", "file"):
        unfit.add("converttitles")  # what else finds pages names them as the wiki does
    if head != "step":
        unfit.add("outcome")
    return tuple(word for word in WORDS[kind] if word not in unfit)


def _source(kind: Kind, modules: Modules) -> Schema:
    heads = HEADS[kind]
    return {
        "title": kind.capitalize().replace("_", " "),
        "description": f"Which {kind.replace('_', ' ')} the step works on. Exactly one of: {', '.join(heads)}.",
        "type": "object",
        "properties": {head: _ref(kind, head) for head in heads},
        **_chain(kind, heads, modules),
        "$defs": {
            **{head: _head(kind, head, modules) for head in heads},
            **{word: _word(kind, word) for word in WORDS[kind]},
            **{f"{head}-{name}": _module(kind, head, modules[name]) for head, name in _named(kind, modules)},
        },
    }


def _named(kind: Kind, modules: Modules) -> Iterable[tuple[str, str]]:
    return ((head, name) for head in ("generator", "list") for name in module_names(kind, head, modules))


def _ref(kind: Kind, name: str) -> Schema:
    return {"$ref": f"#/$defs/{kind}/$defs/{name}"}


def _chain(kind: Kind, heads: tuple[str, ...], modules: Modules) -> Schema:
    """The first head that is there decides which keys are right."""
    if not heads:
        return _headless(kind)
    head, rest = heads[0], heads[1:]
    return {"if": {"required": [head]}, "then": _branch(kind, head, modules), "else": _chain(kind, rest, modules)}


def _branch(kind: Kind, head: str, modules: Modules) -> Schema:
    names = module_names(kind, head, modules) if head in {"generator", "list"} else ()
    if not names:
        words = {word: _ref(kind, word) for word in words_beside(kind, head)}
        return {"properties": {head: {}, **words}, "additionalProperties": False}
    return {"allOf": [{"if": _names(head, name), "then": _ref(kind, f"{head}-{name}")} for name in names]}


def _names(head: str, name: str) -> Schema:
    return {"properties": {head: {"const": name}}}


def _headless(kind: Kind) -> Schema:
    """No head: a misspelt one, or none at all."""
    words = {word: _ref(kind, word) for word in WORDS[kind]}
    return {
        "properties": {**{head: {} for head in HEADS[kind]}, **words},
        "additionalProperties": False,
        "if": {"propertyNames": {"enum": list(WORDS[kind])}},
        "then": {"required": [HEADS[kind][0]], "properties": {HEADS[kind][0]: {"examples": [_EXAMPLES[kind]]}}},
    }


def _module(kind: Kind, head: str, spec: ModuleSpec) -> Schema:
    words = words_beside(kind, head, spec.name, {spec.name: spec})
    needed = [word for word, need in (("of", spec.needs_of), ("limit", spec.name in NEED_LIMIT)) if need]
    return {
        "description": spec.about or EXAMPLES[spec.name].summary,
        "properties": {
            **parameters(spec),
            head: {},
            # a required word stands here in full, so that its example is at hand when it is missing
            **{word: _word(kind, word) if word in needed else _ref(kind, word) for word in words},
            **prefixed(kind, head, spec),
        },
        "additionalProperties": UNDESCRIBED if spec.undescribed else False,
        **({"required": needed} if needed else {}),
        **required(spec),
    }


def _head(kind: Kind, head: str, modules: Modules) -> Schema:
    if head in {"generator", "list"}:
        names = module_names(kind, head, modules)
        own = [name for name in names if name not in CATALOGUE]
        told = f" Those that only the wiki has are named in `modules`, too: {', '.join(own)}." if own else ""
        about = f"A query module of the wiki that lists {kind.replace('_', ' ')}.{told}"
        return {"description": about, "enum": list(names)}
    heads: dict[str, Schema] = {
        "titles": {
            "description": _TITLES.get(kind, "Pages by title, namespace included."),
            "type": ["array", "string"],
            "minItems": 1,
            "items": {"type": "string"},
        },
        "pageids": {"description": "Pages by id.", **_IDS},
        "revids": {"description": "Revisions by id; as pages, the pages that they belong to.", **_IDS},
        "names": {
            "description": "Users by name, without `User:`; also IP addresses, and ranges of these.",
            "type": ["array", "string"],
            "minItems": 1,
            "items": {"type": "string"},
        },
        "logids": {"description": "Log entries by id; the newest of the log are searched for them.", **_IDS},
        "of": {
            "description": f"The pages whose {kind.replace('_', ' ')} these are.",
            "$ref": "#/$defs/pages",
            "examples": [{"titles": ["File:Example.png"]}],
        },
        "file": file_head(kind),
        "step": {"description": "What an earlier step worked on, by the step's id.", "type": "string"},
        **{name: set_head(kind, name) for name in SETS},
    }
    return heads[head]


def _word(kind: Kind, word: str) -> Schema:
    least = {"type": "integer", "minimum": 0}
    words: dict[str, Schema] = {
        "of": {
            "description": "The pages that this generator works on.",
            "$ref": "#/$defs/pages",
            "examples": [{"titles": ["Main Page"]}],
        },
        "except": {"description": f"Leave out these {kind.replace('_', ' ')}.", "$ref": f"#/$defs/{kind}"},
        "where": where_schema(kind),
        "limit": {"description": "Exactly the first so many.", "type": "integer", "minimum": 1, "examples": [100]},
        "related": related_word(),
        "redirects": {"description": "Take the target of each redirect instead of it.", "type": "boolean"},
        "converttitles": {"description": "Let the wiki convert titles to its language variant.", "type": "boolean"},
        "outcome": {
            "description": "Only items whose outcome in that step was one of these.",
            "if": {"type": "array"},
            "then": {"type": "array", "minItems": 1, "items": {"enum": list(OUTCOMES)}},
            "else": {"enum": list(OUTCOMES)},
        },
        "expect": {
            "description": "How many items are normal; any other number stops the plan.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                "min": {"description": "At least so many.", **least},
                "max": {"description": "At most so many.", **least},
            },
        },
    }
    return words[word]
