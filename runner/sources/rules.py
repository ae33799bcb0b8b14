"""What the parameters of a module demand of each other, which `action=paraminfo` does not tell.

Read from core's source (includes/api/ApiQuery*.php of 1.39) and from each module's page. Where core ignores a parameter
without a word, the rule is a matter of safety: the set would be wider than the playbook says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runner.errors import Finding
from runner.sources.catalogue import ModuleSpec

Given = Mapping[str, str]  # canonical name → text that is sent
UNKNOWN = "\0"  # stands for a value that is wrong already: it is there, and fits


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactlyOne:
    """One of these must be there, and only one."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMostOne:
    """No two of these go together."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Each of these names wants `other` beside it; with `value`, wants it to be that."""

    names: tuple[str, ...]
    other: str
    value: str = ""


Rule = ExactlyOne | AtMostOne | Needs

_PAGE = ExactlyOne(names=("title", "pageid"))
_STARTS = ("startsortkeyprefix", "starthexsortkey", "startsortkey")
_ENDS = ("endsortkeyprefix", "endhexsortkey", "endsortkey")
_USER = AtMostOne(names=("user", "excludeuser"))

RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "alldeletedrevisions": (
            _USER,
            *(AtMostOne(names=("user", name)) for name in ("from", "to", "prefix")),
            Needs(names=("start", "end"), other="user"),
        ),
        "allimages": (
            Needs(names=("start", "end", "user", "filterbots"), other="sort", value="timestamp"),
            Needs(names=("from", "to", "prefix"), other="sort", value="name"),
            AtMostOne(names=("user", "filterbots")),
            AtMostOne(names=("sha1", "sha1base36")),  # the second is ignored
        ),
        "allpages": (Needs(names=("prlevel", "prfiltercascade"), other="prtype"),),  # cascade alone is ignored
        "allrevisions": (_USER,),
        "allusers": (AtMostOne(names=("group", "excludegroup")),),
        "backlinks": (_PAGE,),
        "blocks": (AtMostOne(names=("users", "ip")),),
        "categorymembers": (
            _PAGE,
            # all of these are ignored with the other order
            Needs(names=("start", "end"), other="sort", value="timestamp"),
            Needs(names=("type", *_STARTS, *_ENDS), other="sort", value="sortkey"),
            AtMostOne(names=_STARTS),
            AtMostOne(names=_ENDS),
        ),
        "deletedrevisions": (_USER,),
        "embeddedin": (_PAGE,),
        "filearchive": (AtMostOne(names=("sha1", "sha1base36")),),  # the second is ignored
        "imageusage": (_PAGE,),
        "iwbacklinks": (Needs(names=("title",), other="prefix"),),
        "langbacklinks": (Needs(names=("title",), other="lang"),),
        "logevents": (
            AtMostOne(names=("title", "prefix", "namespace")),
            AtMostOne(names=("type", "action")),  # the type is ignored
        ),
        "random": (AtMostOne(names=("filterredir", "redirect")),),
        "recentchanges": (_USER,),
        "revisions": (_USER, AtMostOne(names=("startid", "start")), AtMostOne(names=("endid", "end"))),
        "usercontribs": (ExactlyOne(names=("user", "userids", "userprefix", "iprange")),),
        "watchlist": (_USER,),
    }
)


def check_rules(spec: ModuleSpec, given: Given) -> list[Finding]:
    """What is missing beside, or too much with, the parameters given; paths are canonical names."""
    missing = [
        _finding((), "required", f"{spec.name} needs `{_key(spec, name)}`", f"see {spec.page}")
        for name, param in spec.parameters.items()
        if param.required and name not in given
    ]
    broken = [found for rule in RULES.get(spec.name, ()) for found in _broken(spec, rule, given)]
    return missing + broken + _contradictions(given)


def _contradictions(given: Given) -> list[Finding]:
    """`show: hidden|!hidden`: the wiki refuses it (`apierror-show`)."""
    shown = set(given.get("show", "").split("|"))
    return [
        _finding(("show",), "contradiction", f"`show` holds both `{one}` and `!{one}`", "keep one of them")
        for one in sorted(shown)
        if f"!{one}" in shown
    ]


def _broken(spec: ModuleSpec, rule: Rule, given: Given) -> list[Finding]:
    if isinstance(rule, Needs):
        return _unmet(spec, rule, given)
    there = [name for name in rule.names if given.get(name, "") not in {"", spec.parameters[name].default}]
    if len(there) > 1:
        two = f"{spec.name} takes only one of {_keys(spec, there)}"
        return [_finding((there[-1],), "together", two, "remove one of them")]
    if not there and isinstance(rule, ExactlyOne):
        return [_finding((), "required", f"{spec.name} needs {_keys(spec, rule.names, 'or')}", f"see {spec.page}")]
    return []


def _unmet(spec: ModuleSpec, rule: Needs, given: Given) -> list[Finding]:
    default = spec.parameters[rule.other].default
    there = given.get(rule.other, default)
    if there == UNKNOWN or (there == rule.value if rule.value else there):
        return []
    other = _key(spec, rule.other)
    wanted = f"`{other}: {rule.value}`" if rule.value else f"`{other}`"
    hint = f"write `{other}: {rule.value}`" if rule.value else f"add `{other}`"
    return [
        _finding((name,), "needs", f"`{_key(spec, name)}` works only with {wanted}", hint)
        for name in rule.names
        if name in given and given[name] != spec.parameters[name].default
    ]


def _finding(path: tuple[str, ...], code: str, message: str, hint: str) -> Finding:
    return Finding(path=path, code=code, message=message, hint=hint)


def _key(spec: ModuleSpec, name: str) -> str:
    return spec.spelling(name)


def _keys(spec: ModuleSpec, names: tuple[str, ...] | list[str], joint: str = "and") -> str:
    shown = [f"`{_key(spec, name)}`" for name in names]
    return f"{', '.join(shown[:-1])} {joint} {shown[-1]}" if len(shown) > 1 else shown[0]
