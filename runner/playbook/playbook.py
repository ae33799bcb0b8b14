"""A playbook, format 1, read and checked: frozen, with everything resolved that can be without a wiki."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from runner.playbook.when import When
from runner.sources.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`request:` what is sent with every call. `maxlag` in seconds (None: not sent); `assertion` is `assert`; `smaxage` and
    `maxage` in seconds, while planning; `requestid` is what the ids of requests begin with."""

    maxlag: int | None = 5
    assertion: Literal["anon", "user", "bot"] | None = None
    assertuser: str | None = None
    uselang: str | None = None
    variant: str | None = None
    errorformat: str = "plaintext"
    errorlang: str = "en"
    errorsuselocal: bool = False
    servedby: bool = False
    curtimestamp: bool = False
    responselanginfo: bool = False
    smaxage: int | None = None
    maxage: int | None = None
    requestid: str = "wikimop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`limits:`. `failures` is a count (`failure_share` None) or a share between 0 and 1, `rate` in requests that write
    per second, `duration` in seconds."""

    items: int | None = None
    failures: int | None = None
    failure_share: float | None = None
    rate: float | None = None
    concurrency: int = 1
    duration: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverTouch:
    """`never_touch:` a planned item that matches keeps the plan from being applied."""

    titles: tuple[str, ...] = ()
    namespaces: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """`stamp:` the run's mark in log summaries. `text` holds `{run}` once; `place` is where it stands to the reason."""

    on: bool = True
    text: str = "(wikimop {run})"
    place: Literal["end", "start"] = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One source and one action. `options` is the action's own frozen dataclass; `raw_options` the mapping it came from,
    rendered, as a plan's header shows it; `line` counts from 1."""

    id: str
    name: str
    source: Source
    action: str
    options: object
    raw_options: Mapping[str, Any]
    when: When | None = None
    fresh: bool = False
    line: int = 0

    @property
    def direct(self) -> bool:
        """Whether the wiki itself finds the pages: the step's items are queries."""
        return bool(getattr(self.options, "direct", False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """The whole. `sha256` is of the file's bytes; `variables` are the values after `--var`."""

    name: str
    path: str
    sha256: str
    steps: tuple[Step, ...]
    description: str = ""
    wiki: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    request: Request = Request()
    limits: Limits = Limits()
    never_touch: NeverTouch = NeverTouch()
    stop_page: str | None = None
    stamp: Stamp = Stamp()
