from __future__ import annotations

import pytest

from runner.errors import InvalidInput, Problem
from runner.model import Policy
from runner.playbook.logins import (
    BotPassword,
    ClientCert,
    FromCommand,
    FromEnv,
    FromFile,
    HttpAuth,
    OAuth1,
    OAuth2,
)
from runner.playbook.playbook import Limits
from runner.playbook.wikis import WikiEntry, load_wikis

SECRET = "hunter2"
API = "https://wiki.example.org/w/api.php"


def entry(text: str, *, beside_playbook: bool = False) -> WikiEntry:
    (found,) = load_wikis(f"wikis: {{example: {text}}}".encode(), file="w", beside_playbook=beside_playbook).values()
    return found


def wrong(text: str, *, beside_playbook: bool = False) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        load_wikis(text.encode(), file="w", beside_playbook=beside_playbook)
    assert SECRET not in str(caught.value) + repr(caught.value.problems)
    assert not any(problem.excerpt for problem in caught.value.problems)
    return list(caught.value.problems)


def test_a_whole_entry() -> None:
    text = (
        "{api: https://wiki.example.org/w/api.php, contact: a@example.org, ca_bundle: ca.pem, allow_http: true,"
        " auth: {username: Mop@job, password: {env: MOP}}, proxy: 'http://proxy.example.org:3128',"
        " limits: {items: 9, rate: 2/s}, allow: {suppress: true, api: [block, options], namespaces: [8], scripts: true}}"
    )
    assert entry(text) == WikiEntry(
        name="example",
        api=API,
        contact="a@example.org",
        auth=BotPassword(username="Mop@job", password=FromEnv(name="MOP")),
        ca_bundle="ca.pem",
        proxy="http://proxy.example.org:3128",
        allow_http=True,
        limits=Limits(items=9, rate=2.0, concurrency=8),
        allow_suppress=True,
        policy=Policy(api=frozenset({"block", "options"}), interface=True, scripts=True),
    )


@pytest.mark.parametrize(("allow", "policy"), [
    ("{}", Policy()), ("{namespaces: []}", Policy()), ("{namespaces: [MediaWiki]}", Policy(interface=True)),
    ("{api: [thank]}", Policy(api=frozenset({"thank"}))), ("{scripts: false}", Policy()),
])  # fmt: skip
def test_what_is_allowed_beyond_the_usual(allow: str, policy: Policy) -> None:
    assert entry(f"{{api: '{API}', allow: {allow}}}").policy == policy
    assert entry(f"{{api: '{API}'}}").policy == Policy()


@pytest.mark.parametrize(
    "allow", ["{namespaces: [4]}", "{namespaces: [Draft]}", "{api: block}", "{api: ['*']}", "{script: true}"]
)
def test_what_cannot_be_allowed(allow: str) -> None:
    assert len(wrong(f"wikis: {{example: {{api: '{API}', allow: {allow}}}}}")) == 1
    (problem,) = wrong(f"wikis: {{example: {{api: '{API}', allow: {{api: [block]}}}}}}", beside_playbook=True)
    assert problem.code == "beside-playbook"


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("none", None),
        ("{oauth2_token: {file: ~/token}}", OAuth2(token=FromFile(path="~/token"))),
        ("{username: 007, password: {file: p}}", BotPassword(username="007", password=FromFile(path="p"))),
    ],
)
def test_logins(auth: str, expected: object) -> None:
    assert entry(f"{{api: '{API}', auth: {auth}}}").auth == expected


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (f"{{api: '{API}', auth: {{username: a, password: {SECRET}}}}}", "literal-secret", "wikis.example.auth.password"),
        (f"{{api: '{API}', auth: {{oauth2_token: [{SECRET}]}}}}", "literal-secret", "wikis.example.auth.oauth2_token"),
        (f"{{api: '{API}', auth: {{username: a, password: {{{SECRET}: }}}}}}", "unknown-key", "wikis.example.auth.password"),
        (
            f"{{api: '{API}', auth: {{username: a, password: {{env: '{SECRET} x'}}}}}}",
            "format",
            "wikis.example.auth.password.env",
        ),
        (f"{{api: '{API}', auth: {SECRET}}}", "choice", "wikis.example.auth"),
        (f"{{api: 'https://a:{SECRET}@x.org/api.php'}}", "literal-secret", "wikis.example.api"),
        (f"{{api: '{API}', proxy: 'http://a:{SECRET}@x.org'}}", "literal-secret", "wikis.example.proxy"),
        (f"{{api: '{API}', {SECRET}: 1}}", "unknown-key", "wikis.example"),
        (f"{{api: {SECRET}}}", "format", "wikis.example.api"),
        (f"{{api: '{API}', allow_http: {SECRET}}}", "type", "wikis.example.allow_http"),
    ],
)
def test_no_problem_repeats_a_secret(text: str, code: str, place: str) -> None:
    (problem,) = wrong(f"wikis: {{example: {text}}}")
    assert (problem.code, problem.path) == (code, place)
    assert problem.line == 1
    assert problem.column > 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wikis: {}", "empty"),
        ("wiki: {a: {}}", "unknown-key"),
        ("{a: {}}", "missing-key"),
        ("wikis: {a: {contact: x}}", "missing-key"),
        (f"wikis: {{'a b': {{api: '{API}'}}}}", "name"),
        (f"wikis: {{a: {{api: '{API}', auth: {{username: x}}}}}}", "missing-key"),
        (f"wikis: {{a: {{api: '{API}', auth: {{}}}}}}", "empty"),
        (f"wikis: {{a: {{api: '{API}', auth: {{oauth2_token: {{env: A, file: B}}}}}}}}", "together"),
        (
            f"wikis: {{a: {{api: '{API}', auth: {{oauth2_token: {{env: A}}, username: u, password: {{env: B}}}}}}}}",
            "two-logins",
        ),
        ("wikis: {a: {api: 'http://x.org/api.php', auth: {oauth2_token: {env: A}}}}", "plain-http"),
        ("wikis: {a: {api: 'http://localhost.x.org/api.php', auth: {oauth2_token: {env: A}}}}", "plain-http"),
        (f"wikis: {{a: {{api: '{API}', limits: {{duration: 1h}}}}}}", "unknown-key"),
    ],
)
def test_other_mistakes(text: str, code: str) -> None:
    assert code in {problem.code for problem in wrong(text)}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "[::1]"])
def test_plain_http_to_this_machine(host: str) -> None:
    assert entry(f"{{api: 'http://{host}/api.php', auth: {{oauth2_token: {{env: A}}}}}}").auth is not None


PARTS = ("consumer_token", "consumer_secret", "access_token", "access_secret")


def test_everything_that_lets_a_request_in() -> None:
    four = ", ".join(f"{part}: {{env: {part.upper()}}}" for part in PARTS)
    found = entry(
        f"{{api: '{API}', auth: {{oauth1: {{{four}}}}}, client_cert: {{cert: a.crt, key: a.key}},"
        " headers: {X-Stage: 7, X-Gate-Token: {command: [pass, show, x]}}}"
    )
    assert found.auth == OAuth1(
        consumer_token=FromEnv(name="CONSUMER_TOKEN"),
        consumer_secret=FromEnv(name="CONSUMER_SECRET"),
        access_token=FromEnv(name="ACCESS_TOKEN"),
        access_secret=FromEnv(name="ACCESS_SECRET"),
    )
    assert found.client_cert == ClientCert(cert="a.crt", key="a.key")
    assert found.headers == {"X-Stage": "7", "X-Gate-Token": FromCommand(command=("pass", "show", "x"))}
    basic = entry(f"{{api: '{API}', http_auth: {{username: u, password: {{file: p}}}}, client_cert: both.pem}}")
    assert basic.http_auth == HttpAuth(username="u", password=FromFile(path="p"))
    assert basic.client_cert == ClientCert(cert="both.pem")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (f"http_auth: {{username: u, password: {SECRET}}}", "literal-secret", "http_auth.password"),
        (f"auth: {{oauth1: {{consumer_token: {SECRET}}}}}", "literal-secret", "auth.oauth1.consumer_token"),
        (f"headers: {{X-Api-Key: {SECRET}}}", "literal-secret", "headers.X-Api-Key"),
        (f"headers: {{Authorization: {SECRET}}}", "header", "headers.Authorization"),
        (f"headers: {{cookie: {{env: {SECRET}}}}}", "header", "headers.cookie"),
        (f'headers: {{X-A: "x\\n{SECRET}"}}', "format", "headers.X-A"),
        (f"headers: {{'X A {SECRET}': x}}", "name", "headers"),
        ("headers: {X-A: x, x-a: y}", "twice", "headers.x-a"),
        ("auth: {oauth2_token: {env: A}}, http_auth: {username: u, password: {env: B}}", "two-logins", "http_auth"),
        ("auth: {oauth1: {consumer_token: {env: A}}, oauth2_token: {env: A}}", "two-logins", "auth"),
        ("auth: {oauth1: {consumer_token: {env: A}}}", "missing-key", "auth.oauth1"),
        (f"http_auth: {{username: 'u:{SECRET}', password: {{env: B}}}}", "format", "http_auth.username"),
        ("auth: {oauth2_token: {command: pass show x}}", "type", "auth.oauth2_token.command"),
        ("auth: {oauth2_token: {command: []}}", "empty", "auth.oauth2_token.command"),
        ("client_cert: {cert: a.crt}", "missing-key", "client_cert"),
    ],
)
def test_mistakes_in_what_lets_a_request_in(text: str, code: str, place: str) -> None:
    problems = wrong(f"wikis: {{example: {{api: '{API}', {text}}}}}")
    assert (code, f"wikis.example.{place}") in {(problem.code, problem.path) for problem in problems}


@pytest.mark.parametrize("text", ["http_auth: {username: u, password: {env: B}}", "headers: {X-A: {env: B}}"])
def test_no_secret_of_any_kind_over_plain_http(text: str) -> None:
    (problem,) = wrong(f"wikis: {{a: {{api: 'http://x.org/api.php', {text}}}}}")
    assert problem.code == "plain-http"


@pytest.mark.parametrize(
    "api",
    [
        "https://a@x.org/api.php", r"https://x.org\@evil.net/api.php", "https://x.org%2eevil.net/api.php", "https://x.org",
        "https:///api.php", "https://x .org/api.php", "HTTPS://x.org/api.php", "https://x.org:99999999/api.php",
        "ftp://x.org/api.php", "https://[::1/api.php", "https://x.org/api.php?action=x",
    ],
)  # fmt: skip
def test_an_address_that_could_be_read_in_two_ways(api: str) -> None:
    assert wrong(f"wikis: {{a: {{api: '{api}'}}}}")


def test_plain_http_that_was_asked_for_or_has_no_login() -> None:
    assert entry("{api: 'http://x.org/api.php', allow_http: true, auth: {oauth2_token: {env: A}}}").allow_http
    assert entry("{api: 'http://x.org/api.php'}").auth is None


def test_beside_a_playbook_there_are_addresses_only() -> None:
    assert entry(f"{{api: '{API}', contact: a@b}}", beside_playbook=True).contact == "a@b"
    text = f"wikis: {{a: {{api: '{API}', auth: {{username: x, password: {SECRET}}}, proxy: 'http://p', allow: {{}}}}}}"
    problems = wrong(text, beside_playbook=True)
    assert [problem.path for problem in problems] == ["wikis.a.auth", "wikis.a.proxy", "wikis.a.allow"]
    assert {problem.code for problem in problems} == {"beside-playbook"}
    assert "wikis.yaml in your config folder" in problems[0].hint
