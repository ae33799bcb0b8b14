"""The modules and their parameters for people: what `wikimop generators [NAME]` prints."""

from __future__ import annotations

from typing import Any

from runner.sources.catalogue import CATALOGUE, ModuleSpec, ParamSpec
from runner.sources.examples import EXAMPLES
from runner.sources.explained import explain
from runner.sources.rules import RULES, AtMostOne, ExactlyOne, Rule
from runner.sources.schema import NEED_LIMIT, module_names
from runner.sources.words import HEADS


def describe_modules() -> tuple[dict[str, Any], ...]:
    """A row for each module: `{"name", "head", "kinds", "of", "summary"}`.

    `head` is `generator` or `list`, `kinds` are the sources that may name it, `of` whether it works on other pages.
    """
    return tuple(_row(spec) for spec in CATALOGUE.values())


def describe_module(name: str) -> dict[str, Any]:
    """A row of `describe_modules`, with `prefix`, `page`, `parameters`, `notes` and `example` (YAML of a source).

    A parameter is `{"name", "type", "values", "multi", "required", "default", "deprecated", "description"}`;
    `notes` say what they demand of each other. KeyError for a module that there is not.
    """
    spec = CATALOGUE[name]
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
    kinds = [kind for kind in HEADS if spec.name in module_names(kind, head)]
    summary = EXAMPLES[spec.name].summary
    return {"name": spec.name, "head": head, "kinds": kinds, "of": spec.needs_of, "summary": summary}


def _parameter(spec: ModuleSpec, param: ParamSpec) -> dict[str, Any]:
    return {
        "name": spec.spelling(param.name),
        "type": param.type,
        "values": list(param.values),
        "multi": param.multi,
        "required": param.required,
        "default": param.default,
        "deprecated": param.deprecated,
        "description": explain(spec.name, param.name),
    }


def _notes(spec: ModuleSpec) -> list[str]:
    notes = ["`of` is required: the pages that it works on."] if spec.needs_of else []
    if spec.name in NEED_LIMIT:
        notes.append("`limit` is required.")
    return notes + [_note(rule) for rule in RULES.get(spec.name, ())]


def _note(rule: Rule) -> str:
    names = ", ".join(f"`{name}`" for name in rule.names)
    if isinstance(rule, ExactlyOne):
        return f"Exactly one of {names} is required."
    if isinstance(rule, AtMostOne):
        return f"Only one of {names} may be given."
    return f"Only with `{rule.other}: {rule.value}`: {names}." if rule.value else f"Only with `{rule.other}`: {names}."


def _example(spec: ModuleSpec) -> str:
    kind = EXAMPLES[spec.name].kind
    lines = EXAMPLES[spec.name].source.splitlines()
    return "\n".join([f"{kind}:", *(f"  {line}" for line in lines)])


def module_text(name: str) -> str:
    """`describe_module` as lines of text."""
    described = describe_module(name)
    lines = [f"{name}: {described['summary']}", described["page"], "", "Parameters:"]
    lines += [line for param in described["parameters"] for line in _parameter_lines(param)]
    if described["notes"]:
        lines += ["", *described["notes"]]
    return "\n".join([*lines, "", "Example:", *(f"  {line}" for line in described["example"].splitlines())])


def _parameter_lines(param: dict[str, Any]) -> list[str]:
    kind = "one of" if param["values"] and not param["multi"] else "any of" if param["values"] else param["type"]
    words = [
        f"{kind} {', '.join(param['values'])}" if param["values"] else kind,
        "or a list of them" if param["multi"] and not param["values"] else "",
        "required" if param["required"] else "",
        "deprecated" if param["deprecated"] else "",
        f"default {param['default']}" if param["default"] else "",
    ]
    return [f"  {param['name']}: {'; '.join(word for word in words if word)}", f"      {param['description']}"]
