"""One wiki's Action API: every call asserted, paced, retried within bounds, and never repeated blindly."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from unicodedata import normalize

from runner.errors import Unreachable
from runner.redaction import Secrets
from runner.retry import BROKEN_TRIES, FIRST_TRIES, RULES, Failure, GiveUp, Kind, Tries, Unsure, decide
from runner.wiki.answer import Refused, read_answer, understood
from runner.wiki.login import Credentials, log_in
from runner.wiki.pace import Pace
from runner.wiki.transport import Reply, RequestFailed

LONGEST_GET = 2000


class Unanswered(Exception):
    """A write was sent and its outcome is not known."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Broken(Unreachable):
    """The wiki is there, and breaks over this very question whenever it is asked."""


class Barred(Unreachable):
    """Whatever this account sends is refused; `detail` is the wiki's own word for it."""

    def __init__(self, detail: str, *, hint: str) -> None:
        super().__init__(f"the wiki lets this account do nothing: {detail}", hint=hint)
        self.detail = detail


class TooLate(Exception):
    """A write was not sent, because the facts it rests on had grown too old while it waited."""


class Sender(Protocol):
    """What `Transport` is to the client; a test may send to a scripted server instead."""

    def send(self, parameters: Mapping[str, str], *, post: bool) -> Reply: ...

    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What goes with every call. `maxlag` in seconds, None to leave it out; `assertuser` is the account that it has to be;
    `always` are parameters for every call, `planning` for reads while a plan is made; `requestid` begins the ids of
    requests."""

    maxlag: int | None = 5
    assertion: str | None = None
    assertuser: str | None = None
    errorlang: str = "en"
    errorformat: str = "plaintext"
    always: Mapping[str, str] = field(default_factory=dict)
    planning: Mapping[str, str] = field(default_factory=dict)
    requestid: str = "wikimop"


Heard = Callable[[Failure, float], None]


class Wiki:
    """Reads and writes. Threads may share one: they share its login, its tokens and its pace.

    `heard` is told of each failure that is waited out and for how many seconds, `secrets` of each token.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        pace: Pace,
        credentials: Credentials = None,
        manners: Manners | None = None,
        jitter: Callable[[], float] = lambda: 0.5,
        heard: Heard = lambda _failure, _seconds: None,
        secrets: Secrets | None = None,
    ) -> None:
        self._sender = sender
        self._pace = pace
        self._credentials = credentials
        self._manners = manners or Manners()
        self._jitter = jitter
        self._heard = heard
        self._secrets = secrets or Secrets()
        self._lock = threading.RLock()
        self._session = 0
        self._logging_in = False
        self._user: str | None = None
        self._tokens: dict[str, str] = {}
        self._name = ""
        self._ages: Mapping[str, str] = {}
        self.reads = 0

    @property
    def user(self) -> str | None:
        """The account's name after `log_in`, None without an account."""
        return self._user

    def log_in(self) -> str | None:
        """Open a session; raises `Unreachable` if the wiki refuses or does not answer."""
        with self._lock:
            if self._logging_in:
                raise Unreachable("the wiki loses the session while we log in")
            self._logging_in = True
            try:
                return self._log_in()
            except (Refused, Barred) as error:
                # A login is a write to the wiki: it may refuse it like any other.
                said = error.detail if isinstance(error, Barred) else error
                raise Unreachable(f"the wiki refused the login: {said}") from None
            finally:
                self._logging_in = False

    def _log_in(self) -> str | None:
        self._tokens.clear()
        # The name stays: what other threads send meanwhile, without a session, must still be asserted.
        self._sender.forget()
        with understood():
            user = log_in(self._ask, self._credentials)
        if self._session and user != self._user:
            raise Unreachable(f"the wiki takes us for {user} now, and for {self._user} before")
        self._user = user
        self._session += 1
        return user

    def work_on(self, name: str, *, planning: bool) -> None:
        """From now on requests bear the id of this plan or run. Only while `planning` may answers come from a cache: what
        is read in a run decides about a write."""
        self._name = f"/{name}"
        self._ages = self._manners.planning if planning else {}

    def read(self, parameters: Mapping[str, str], *, tries: int = BROKEN_TRIES) -> Mapping[str, Any]:
        """A query, asked until it is answered, or was broken so many times; raises `Refused` or `Unreachable`. `reads` counts
        them."""
        self.reads += 1
        return self._call({**self._ages, **parameters}, token="", write=False, tries=tries)

    @property
    def spread(self) -> float:
        """Between 0 and 1, another one each time: pauses differ, so that many who wait do not come back together."""
        return self._jitter()

    def write(
        self, parameters: Mapping[str, str], *, token: str, fresh_until: float, batch: int | None = None
    ) -> Mapping[str, Any]:
        """One write with a token of this kind ("" for none), sent until somebody may have heard it; `batch` is its number in
        the run. Raises `Refused` (not carried out), `Unanswered` (unknown), `TooLate` (not sent after `fresh_until`, in
        monotonic seconds) or `Unreachable` (not carried out)."""
        named = {} if batch is None else {"requestid": f"{self._requestid}/{batch}"}
        return self._call({**parameters, **named}, token=token, write=True, fresh_until=fresh_until)

    @property
    def _requestid(self) -> str:
        return self._manners.requestid + self._name

    def _ask(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Calls of the login itself: nobody to assert yet."""
        return self._call(parameters, token="", write=False, asserted=False)

    def _call(
        self,
        parameters: Mapping[str, str],
        *,
        token: str,
        write: bool,
        asserted: bool = True,
        fresh_until: float | None = None,
        tries: int = BROKEN_TRIES,
    ) -> Mapping[str, Any]:
        tries = tries if self._session else FIRST_TRIES
        failures: Counter[Kind] = Counter()
        while True:
            secret = {"token": self._secret(token)} if token else {}
            self._pace.enter(write=write)
            if fresh_until is not None and self._pace.now() >= fresh_until:
                raise TooLate
            session = self._session
            try:
                return self._once({**parameters, **secret}, write=write, asserted=asserted)
            except RequestFailed as error:
                failures[error.failure.kind] += 1
                self._judge(error.failure, failures[error.failure.kind], session=session, write=write, tries=tries)

    def _once(self, parameters: Mapping[str, str], *, write: bool, asserted: bool) -> Mapping[str, Any]:
        full = {"requestid": self._requestid, **parameters, **self._everywhere(asserted=asserted)}
        full = {name: normalize("NFC", value) for name, value in full.items()}
        post = write or "lgpassword" in full or sum(map(len, full.values())) > LONGEST_GET
        reply = self._sender.send(full, post=post)
        self._pace.answered()
        answer = read_answer(
            reply,
            query=full.get("action") == "query",
            errorformat=self._manners.errorformat,
            requestid=full["requestid"],
        )
        self._learn_tokens(answer)
        if not write:
            self._pace.progressed(write=False)
        return answer

    def _learn_tokens(self, answer: Mapping[str, Any]) -> None:
        query = answer.get("query")
        tokens = query.get("tokens") if isinstance(query, Mapping) else None
        for token in tokens.values() if isinstance(tokens, Mapping) else ():
            self._secrets.learn_passing(str(token))

    def _everywhere(self, *, asserted: bool) -> dict[str, str]:
        manners = self._manners
        common = {"format": "json", "formatversion": "2", "errorformat": manners.errorformat}
        common |= {"errorlang": manners.errorlang, **manners.always}
        if manners.maxlag is not None:
            common["maxlag"] = str(manners.maxlag)
        if asserted and self._user is not None:
            common["assertuser"] = self._user
        if asserted and manners.assertion:
            common["assert"] = manners.assertion
        return common

    def _secret(self, kind: str) -> str:
        """https://www.mediawiki.org/wiki/API:Tokens"""
        with self._lock:
            if kind not in self._tokens:
                try:
                    answer = self.read({"action": "query", "meta": "tokens", "type": kind})
                except Refused as refusal:
                    # Of the token, not of the write that needs it, which was not sent.
                    raise Unreachable(f"the wiki gives no token: {refusal}") from None
                with understood():
                    self._tokens[kind] = str(answer["query"]["tokens"][f"{kind}token"])
            return self._tokens[kind]

    def _judge(self, failure: Failure, attempt: int, *, session: int, write: bool, tries: int) -> None:
        """Return to try again, or raise."""
        decision = decide(failure, attempt, replayable=not write, jitter=self._jitter(), tries=tries)
        if isinstance(decision, Unsure):
            raise Unanswered(failure)
        if isinstance(decision, GiveUp):
            raise self._given_up(failure)
        if decision.renew:
            self._renew(failure, session)
            return
        self._heard(failure, decision.seconds)
        silent, asked = RULES[failure.kind].silent, failure.retry_after is not None
        self._pace.hold(decision.seconds, failure.detail, silent=silent, write=write, asked=asked)

    def _given_up(self, failure: Failure) -> Unreachable:
        if failure.kind is Kind.SESSION and self._credentials is None:
            return Unreachable(failure.detail, hint="the playbook asserts a login, and no credentials were given")
        if failure.kind is Kind.ACCOUNT:
            hint = "an administrator of the wiki can lift that" if self._user else "no credentials were given"
            return Barred(failure.detail, hint=hint)
        kind = Broken if RULES[failure.kind].tries is Tries.FEW else Unreachable
        return kind(f"the wiki cannot be used: {failure.detail}")

    def _renew(self, failure: Failure, session: int) -> None:
        with self._lock:
            if failure.kind is Kind.TOKEN:
                self._tokens.clear()
            # Another thread may have logged in since this request was sent.
            if session == self._session:
                self._heard(failure, 0.0)
                if failure.kind is Kind.SESSION:
                    self.log_in()
