"""The schema of a source (JSON Schema, Draft 2020-12): of the values of `pages:` and `revisions:`.

Dispatch is by `if`/`then` on the head and on the module's name, so that a mistake is told for the module that was
meant: a misspelt parameter is `additionalProperties` in a branch whose `properties` are the right ones. Values are
those after rendering; the view for editors, which lets `${vars.x}` stand for any of them, is made from this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.model import Kind
from runner.sources.catalogue import CATALOGUE, ModuleSpec, ParamSpec, generators
from runner.sources.examples import EXAMPLES
from runner.sources.explained import explain
from runner.sources.schema_words import file_head, related_word, set_head
from runner.sources.words import HEADS, OUTCOMES, SETS, WORDS
from runner.where.schema import where_definitions, where_schema

Schema = dict[str, Any]

LISTS: Mapping[Kind, tuple[str, ...]] = {
    "pages": ("allusers", "blocks", "logevents", "usercontribs"),
    "revisions": ("usercontribs",),
    "deleted_files": ("filearchive",),
    "log_entries": ("logevents",),
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
}
_SAMPLES = {"search": "old name", "page": "BrokenRedirects", "propname": "noindex"}
_TITLES: Mapping[Kind, str] = {
    "deleted_pages": "Deleted pages by title, namespace included.",
    "deleted_revisions": "All archived revisions of these titles, namespace included.",
    "file_versions": "All old versions of these files, `File:` included.",
    "deleted_files": "All archived versions of these files, `File:` included.",
}
_TIMES = ["2026-01-31T00:00:00Z", "7 days ago", "now"]
_IDS: Schema = {"type": ["array", "integer"], "minimum": 1, "minItems": 1, "items": {"type": "integer", "minimum": 1}}


def source_definitions() -> dict[str, Schema]:
    """`$defs` to refer to as `#/$defs/pages`, `#/$defs/revisions` and so on; what they need stands in their own `$defs`,
    and the conditions of `where`, which nest, beside them."""
    return {**{kind: _source(kind) for kind in HEADS}, **where_definitions()}


def module_names(kind: Kind, head: str) -> tuple[str, ...]:
    """The modules that `generator:` or `list:` may name in a source of this kind."""
    if head == "list":
        return LISTS.get(kind, ())
    return generators() if kind == "pages" else GENERATORS.get(kind, ())


def words_beside(kind: Kind, head: str, name: str = "") -> tuple[str, ...]:
    """Our own words that may stand beside a head; `name` is the module, for the heads that name one."""
    unfit = {"of"} if head not in {"generator", "list"} or not CATALOGUE[name].needs_of else set()
    if head in SETS:
        unfit.add("converttitles")  # each inner source has its own
    if head != "step":
        unfit.add("outcome")
    return tuple(word for word in WORDS[kind] if word not in unfit)


def _source(kind: Kind) -> Schema:
    heads = HEADS[kind]
    return {
        "title": kind.capitalize().replace("_", " "),
        "description": f"Which {kind.replace('_', ' ')} the step works on. Exactly one of: {', '.join(heads)}.",
        "type": "object",
        "properties": {head: _ref(kind, head) for head in heads},
        **_chain(kind, heads),
        "$defs": {
            **{head: _head(kind, head) for head in heads},
            **{word: _word(kind, word) for word in WORDS[kind]},
            **{f"{head}-{name}": _module(kind, head, name) for head, name in _modules(kind)},
        },
    }


def _modules(kind: Kind) -> Iterable[tuple[str, str]]:
    return ((head, name) for head in ("generator", "list") for name in module_names(kind, head))


def _ref(kind: Kind, name: str) -> Schema:
    return {"$ref": f"#/$defs/{kind}/$defs/{name}"}


def _chain(kind: Kind, heads: tuple[str, ...]) -> Schema:
    """The first head that is there decides which keys are right."""
    if not heads:
        return _headless(kind)
    head, rest = heads[0], heads[1:]
    return {"if": {"required": [head]}, "then": _branch(kind, head), "else": _chain(kind, rest)}


def _branch(kind: Kind, head: str) -> Schema:
    names = module_names(kind, head) if head in {"generator", "list"} else ()
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


def _module(kind: Kind, head: str, name: str) -> Schema:
    spec = CATALOGUE[name]
    words = words_beside(kind, head, name)
    needed = [word for word, need in (("of", spec.needs_of), ("limit", name in NEED_LIMIT)) if need]
    return {
        "description": EXAMPLES[name].summary,
        "properties": {
            **{spec.spelling(one.name): _parameter(spec, one) for one in spec.parameters.values()},
            head: {},
            # a required word stands here in full, so that its example is at hand when it is missing
            **{word: _word(kind, word) if word in needed else _ref(kind, word) for word in words},
            **_prefixed(kind, head, spec),
        },
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
        **_required(spec),
    }


def _prefixed(kind: Kind, head: str, spec: ModuleSpec) -> Schema:
    """The long spelling of each parameter, which an editor does not offer."""
    where = f"#/$defs/{kind}/$defs/{head}-{spec.name}/properties"
    return {
        spec.prefix + name: {"$ref": f"{where}/{name}", "doNotSuggest": True}
        for name in spec.parameters
        if spec.spelling(name) == name
    }


def _required(spec: ModuleSpec) -> Schema:
    """A required parameter in either spelling: no module of the catalogue requires two."""
    for param in spec.parameters.values():
        if param.required:
            then = {"required": [param.name], "properties": {param.name: {"examples": [_SAMPLES[param.name]]}}}
            return {"if": {"not": {"required": [spec.prefix + param.name]}}, "then": then}
    return {}


def _parameter(spec: ModuleSpec, param: ParamSpec) -> Schema:
    default = f" Default: {param.default}." if param.default else ""
    only = f" Only in MediaWiki {', '.join(param.versions)}." if param.versions else ""
    deprecated: Schema = {"deprecated": True} if param.deprecated else {}
    return {"description": explain(spec.name, param.name) + default + only, **deprecated, **_value(param)}


def _value(param: ParamSpec) -> Schema:
    if param.type == "boolean":
        return {"type": "boolean"}
    if param.type == "timestamp":
        return {"type": "string", "examples": _TIMES}
    if param.type == "enum" and not param.open_:
        return _choice(param)
    return _list_of(param, _scalar(param))


def _scalar(param: ParamSpec) -> Schema:
    if param.type == "integer":
        return {"type": "integer"} | ({"minimum": param.minimum} if param.minimum is not None else {})
    if param.type == "namespace":
        return {"type": ["integer", "string"], "examples": [0, "User talk", *([param.every] if param.every else [])]}
    return {"type": "string"} | ({"examples": list(param.values)} if param.values else {})


def _list_of(param: ParamSpec, one: Schema) -> Schema:
    if not param.multi:
        return one
    kinds = one["type"] if isinstance(one["type"], list) else [one["type"]]
    item = {key: value for key, value in one.items() if key != "examples"}
    return {**one, "type": ["array", *kinds], "minItems": 1, "items": item}


def _choice(param: ParamSpec) -> Schema:
    values = {"enum": list(param.values)}
    if not param.multi:
        return values
    several = {"type": "array", "minItems": 1, "items": values}
    # `a|b`, as the API writes it, is left to the check
    one = {"if": {"type": "string", "pattern": "\\|"}, "else": values}
    return {"examples": list(param.values), "if": {"type": "array"}, "then": several, "else": one}


def _head(kind: Kind, head: str) -> Schema:
    if head in {"generator", "list"}:
        names = module_names(kind, head)
        return {"description": f"A query module of the wiki that lists {kind.replace('_', ' ')}.", "enum": list(names)}
    heads: dict[str, Schema] = {
        "titles": {
            "description": _TITLES.get(kind, "Pages by title, namespace included."),
            "type": ["array", "string"],
            "minItems": 1,
            "items": {"type": "string"},
        },
        "pageids": {"description": "Pages by id.", **_IDS},
        "revids": {"description": "Revisions by id; as pages, the pages that they belong to.", **_IDS},
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
