"""The modules and their parameters for people: what `wikimop generators [NAME]` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.sources.catalogue import CATALOGUE, Modules, ModuleSpec, ParamSpec
from runner.sources.examples import EXAMPLES
from runner.sources.explained import explain
from runner.sources.offered import own_entries
from runner.sources.rules import RULES, AtMostOne, ExactlyOne, Rule
from runner.sources.schema import NEED_LIMIT, module_names
from runner.sources.words import HEADS


def describe_modules(modules: Modules = CATALOGUE) -> tuple[dict[str, Any], ...]:
    """A row for each module: `{"name", "head", "kinds", "of", "summary"}`.

    `head` is `generator` or `list`, `kinds` are the sources that may name it, `of` whether it works on other pages.
    """
    return tuple(_row(spec) for spec in modules.values())


def describe_module(name: str, modules: Modules = CATALOGUE) -> dict[str, Any]:
    """A row of `describe_modules`, with `prefix`, `page`, `parameters`, `notes` and `example` (YAML of a source).

    A parameter is `{"name", "type", "values", "min", "max", "multi", "required", "default", "deprecated", "description"}`;
    `notes` say what they demand of each other. KeyError for a module that there is not.
    """
    spec = modules[name]
    return {
        **_row(spec),
        "prefix": spec.prefix,
        "page": spec.page,
        "parameters": [_parameter(spec, param) for param in spec.parameters.values()],
        "notes": _notes(spec),
        "example": _example(spec),
    }


def _row(spec: ModuleSpec) -> dict[str, Any]:
    head = "generator" if spec.generator else "list"
    kinds = [kind for kind in HEADS if spec.name in module_names(kind, head, {spec.name: spec})]
    summary = spec.about or EXAMPLES[spec.name].summary
    return {"name": spec.name, "head": head, "kinds": kinds, "of": spec.needs_of, "summary": summary}


def _parameter(spec: ModuleSpec, param: ParamSpec) -> dict[str, Any]:
    return {
        "name": spec.spelling(param.name),
        "type": param.type,
        "values": list(param.values),
        "min": param.minimum,
        "max": param.maximum,
        "multi": param.multi,
        "required": param.required,
        "default": param.default,
        "deprecated": param.deprecated,
        "description": explain(spec.name, param),
    }


def _notes(spec: ModuleSpec) -> list[str]:
    notes = ["`of` is required: the pages that it works on."] if spec.needs_of else []
    if spec.name in NEED_LIMIT:
        notes.append("`limit` is required.")
    notes += [_note(rule) for rule in RULES.get(spec.name, ())]
    own = ", ".join(own_entries({spec.name: spec}))
    return [*notes, f"Only this wiki has it: name it in the playbook, `modules: [{own}]`."] if own else notes


def _note(rule: Rule) -> str:
    names = ", ".join(f"`{name}`" for name in rule.names)
    if isinstance(rule, ExactlyOne):
        return f"Exactly one of {names} is required."
    if isinstance(rule, AtMostOne):
        return f"Only one of {names} may be given."
    return f"Only with `{rule.other}: {rule.value}`: {names}." if rule.value else f"Only with `{rule.other}`: {names}."


def _example(spec: ModuleSpec) -> str:
    known = EXAMPLES.get(spec.name)
    kind = known.kind if known else "pages"
    lines = known.source.splitlines() if known else _sample(spec)
    return "\n".join([f"{kind}:", *(f"  {line}" for line in lines)])


def _sample(spec: ModuleSpec) -> list[str]:
    """A source of a module that only a wiki has, with what it requires."""
    of = ["of: {titles: [Main Page]}"] if spec.needs_of else []
    required = [one for one in spec.parameters.values() if one.required]
    return [
        f"{'generator' if spec.generator else 'list'}: {spec.name}",
        *(f"{spec.spelling(one.name)}: {one.values[0] if one.values else _SAMPLES.get(one.type, '...')}" for one in required),
        *of,
    ]


_SAMPLES: Mapping[str, str] = {"integer": "1", "boolean": "true", "namespace": "0", "timestamp": "7 days ago"}


def module_text(name: str, modules: Modules = CATALOGUE) -> str:
    """`describe_module` as lines of text."""
    described = describe_module(name, modules)
    lines = [f"{name}: {described['summary']}", *filter(None, [described["page"]]), ""]
    lines += ["Parameters:" if described["parameters"] else "It has no parameters."]
    lines += [line for param in described["parameters"] for line in _parameter_lines(param)]
    if described["notes"]:
        lines += ["", *described["notes"]]
    return "\n".join([*lines, "", "Example:", *(f"  {line}" for line in described["example"].splitlines())])


def _parameter_lines(param: dict[str, Any]) -> list[str]:
    kind = "one of" if param["values"] and not param["multi"] else "any of" if param["values"] else param["type"]
    words = [
        f"{kind} {', '.join(param['values'])}" if param["values"] else kind,
        f"at least {param['min']}" if param["min"] is not None else "",
        f"at most {param['max']}" if param["max"] is not None else "",
        "or a list of them" if param["multi"] and not param["values"] else "",
        "required" if param["required"] else "",
        "deprecated" if param["deprecated"] else "",
        f"default {param['default']}" if param["default"] else "",
    ]
    return [f"  {param['name']}: {'; '.join(word for word in words if word)}", f"      {param['description']}"]
