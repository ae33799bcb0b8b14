"""The one loop of waiting and repeating, against a scripted sender and a clock driven by hand."""

from __future__ import annotations

import threading

import pytest

from runner.errors import Interrupted, Unreachable
from runner.retry import BROKEN_TRIES, FIRST_TRIES, GLANCES, RENEWALS, RULES, Kind
from runner.wiki.answer import Refused
from runner.wiki.client import LONGEST_GET, Broken, Manners, TooLate, Unanswered
from runner.wiki.login import BearerToken, BotPassword
from tests.wiki.clockwork import Hands, Parameters, Script, Scripted, error, failed, wiki

QUERY = {"action": "query", "meta": "siteinfo"}
DELETE = {"action": "delete", "pageid": "7"}
DONE = {"delete": {"title": "X", "logid": 3}}
OK = {"batchcomplete": True, "query": {}}
CSRF = {"batchcomplete": True, "query": {"tokens": {"csrftoken": "abc+\\"}}}
LOGIN = {"batchcomplete": True, "query": {"tokens": {"logintoken": "xyz+\\"}}}
WELCOME = {"login": {"result": "Success", "lguserid": 1, "lgusername": "Sysop"}}
MOP = BotPassword(username="Sysop@mop", password="secret")
LOGGED_IN: tuple[Scripted, ...] = (LOGIN, WELCOME)


def write(script: Script, hands: Hands, *, logged_in: bool = True, fresh: float = 1e9) -> object:
    site = wiki(script, hands, MOP)
    if logged_in:
        site.log_in()
    return site.write(DELETE, token="csrf", fresh_until=fresh)


def test_every_call_is_asserted_and_says_how_it_wants_its_errors() -> None:
    script, hands = Script(*LOGGED_IN, OK, CSRF, DONE), Hands()
    site = wiki(script, hands, MOP, Manners(maxlag=7, assertion="bot", errorlang="de"))
    assert site.log_in() == "Sysop"
    site.read(QUERY)
    site.write(DELETE, token="csrf", fresh_until=1e9)
    common = {"format": "json", "formatversion": "2", "errorformat": "plaintext", "errorlang": "de", "maxlag": "7"}
    assert all(common.items() <= sent.items() for sent in script.sent)
    asserted = {"assertuser": "Sysop", "assert": "bot"}
    assert all(asserted.items() <= sent.items() for sent in script.sent[2:])
    assert not any(asserted.keys() & sent.keys() for sent in script.sent[:2])
    assert script.sent[-1]["token"] == "abc+\\"


def test_secrets_and_writes_are_posted_and_so_is_what_is_long() -> None:
    script, hands = Script(*LOGGED_IN, CSRF, DONE, OK, OK), Hands()
    site = wiki(script, hands, MOP)
    site.log_in()
    site.write(DELETE, token="csrf", fresh_until=1e9)
    site.read(QUERY)
    site.read({**QUERY, "titles": "x" * LONGEST_GET})
    assert script.posted == [False, True, False, True, False, True]


def test_no_maxlag_where_none_is_wanted() -> None:
    script = Script(OK)
    wiki(script, Hands(), manners=Manners(maxlag=None)).read(QUERY)
    assert "maxlag" not in script.sent[0]


def test_manners_of_a_playbook_go_with_every_call() -> None:
    always = {"uselang": "de", "variant": "zh-hans", "errorsuselocal": "1", "servedby": "1"}
    script = Script(*LOGGED_IN, OK, CSRF, DONE)
    site = wiki(script, Hands(), MOP, Manners(errorformat="html", always=always))
    site.log_in()
    site.read(QUERY)
    site.write(DELETE, token="csrf", fresh_until=1e9)
    assert all({**always, "errorformat": "html"}.items() <= sent.items() for sent in script.sent)


def test_only_while_planning_may_an_answer_come_from_a_cache() -> None:
    script = Script(*LOGGED_IN, OK, OK, OK, CSRF, DONE)
    site = wiki(script, Hands(), MOP, Manners(planning={"maxage": "60", "smaxage": "30"}))
    site.log_in()
    site.read(QUERY)
    site.work_on("p12345678", planning=True)
    site.read(QUERY)
    site.work_on("r12345678", planning=False)
    site.read(QUERY)
    site.write(DELETE, token="csrf", fresh_until=1e9)
    assert [sent.get("maxage") for sent in script.sent] == [None, None, None, "60", None, None, None]
    assert [sent.get("smaxage") for sent in script.sent] == [None, None, None, "30", None, None, None]


def test_a_request_bears_the_run_and_its_number() -> None:
    script = Script(*LOGGED_IN, OK, OK, CSRF, DONE, DONE)
    site = wiki(script, Hands(), MOP, Manners(requestid="nightly"))
    site.log_in()
    site.work_on("p12345678", planning=True)
    site.read(QUERY)
    site.work_on("r12345678", planning=False)
    site.read(QUERY)
    site.write(DELETE, token="csrf", fresh_until=1e9, batch=17)
    site.write(DELETE, token="csrf", fresh_until=1e9, batch=18)
    named = [sent["requestid"] for sent in script.sent]
    assert named == ["nightly"] * 2 + ["nightly/p12345678"] + ["nightly/r12345678"] * 2 + [
        "nightly/r12345678/17", "nightly/r12345678/18",
    ]  # fmt: skip


def test_an_answer_to_somebody_else_leaves_a_write_open() -> None:
    other = {**DONE, "requestid": "wikimop/r12345678/16"}
    script = Script(*LOGGED_IN, CSRF, other)
    site = wiki(script, Hands(), MOP)
    site.log_in()
    site.work_on("r12345678", planning=False)
    with pytest.raises(Unanswered):
        site.write(DELETE, token="csrf", fresh_until=1e9, batch=17)


def test_text_goes_out_in_nfc() -> None:
    script = Script(OK)
    wiki(script, Hands()).read({**QUERY, "titles": "\x1fCafe\u0301\x1fA\u030a|b"})
    assert script.sent[0]["titles"] == "\x1fCaf\u00e9\x1f\u00c5|b"


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.heard])
def test_a_write_that_may_have_landed_is_sent_once(kind: Kind) -> None:
    script = Script(*LOGGED_IN, CSRF, failed(kind))
    with pytest.raises(Unanswered) as caught:
        write(script, Hands())
    assert caught.value.failure.kind is kind
    assert script.left == 0


@pytest.mark.parametrize(
    "answer", [error("maxlag", retry_after="5"), error("readonly"), error("ratelimited"), failed(Kind.CONNECT)]
)
def test_a_write_that_surely_did_not_land_is_sent_again(answer: Scripted) -> None:
    script, hands = Script(*LOGGED_IN, CSRF, answer, answer, DONE), Hands()
    begin = hands.time
    assert write(script, hands) == DONE
    assert hands.time - begin >= 3


def test_facts_that_grow_old_while_it_waits_are_not_acted_on() -> None:
    hands = Hands()
    script = Script(*LOGGED_IN, CSRF, error("maxlag", retry_after="11"))
    with pytest.raises(TooLate):
        write(script, hands, fresh=hands.time + 10)
    assert script.left == 0
    with pytest.raises(TooLate):
        write(Script(*LOGGED_IN, CSRF), hands, fresh=hands.time)


def test_a_refusal_is_final() -> None:
    script = Script(*LOGGED_IN, CSRF, error("permissiondenied"))
    with pytest.raises(Refused) as caught:
        write(script, Hands())
    assert caught.value.code == "permissiondenied"


def test_a_lost_token_is_fetched_again() -> None:
    other = {"batchcomplete": True, "query": {"tokens": {"csrftoken": "new+\\"}}}
    script = Script(*LOGGED_IN, CSRF, error("badtoken"), other, DONE)
    assert write(script, Hands()) == DONE
    assert [sent.get("token") for sent in script.sent if sent["action"] == "delete"] == ["abc+\\", "new+\\"]


def test_a_lost_session_is_opened_again_with_clean_cookies() -> None:
    script = Script(*LOGGED_IN, CSRF, error("assertnameduserfailed"), *LOGGED_IN, CSRF, DONE)
    assert write(script, Hands()) == DONE
    assert script.forgot == 2


def test_a_session_that_is_lost_again_and_again_ends() -> None:
    lost = error("assertnameduserfailed")
    script = Script(*LOGGED_IN, CSRF, *([lost, *LOGGED_IN, CSRF] * RENEWALS), lost)
    with pytest.raises(Unreachable):
        write(script, Hands())
    assert script.left == 0


def test_waiting_does_not_use_up_the_renewals() -> None:
    """Four times lag, and then the session is gone: that is one loss, not the fifth."""
    lag = error("maxlag", retry_after="1")
    script = Script(*LOGGED_IN, CSRF, lag, lag, lag, lag, error("badtoken"), CSRF, DONE)
    assert write(script, Hands()) == DONE


def test_a_refused_login_is_told_and_keeps_its_secret() -> None:
    refusal = {"login": {"result": "Failed", "reason": {"code": "wrongpassword", "text": "Incorrect username or password."}}}
    site = wiki(Script(LOGIN, refusal), Hands(), MOP)
    with pytest.raises(Unreachable, match="refused the login: Incorrect") as caught:
        site.log_in()
    assert "secret" not in f"{caught.value} {caught.value.hint} {MOP!r}"


@pytest.mark.parametrize("credentials", [MOP, BearerToken(token="secret")], ids=["password", "token"])
def test_a_login_that_the_api_refuses_is_told(credentials: BotPassword | BearerToken) -> None:
    """`action=login` needs the right to write through the API; a private wiki may not let anybody ask who he is."""
    site = wiki(Script(error("writeapidenied")), Hands(), credentials)
    with pytest.raises(Unreachable, match=r"refused the login: .*writeapidenied"):
        site.log_in()


def test_a_stale_login_token_is_fetched_again() -> None:
    stale = {"login": {"result": "WrongToken"}}
    assert wiki(Script(LOGIN, stale, *LOGGED_IN), Hands(), MOP).log_in() == "Sysop"
    with pytest.raises(Unreachable):
        wiki(Script(LOGIN, stale, LOGIN, stale), Hands(), MOP).log_in()


@pytest.mark.parametrize("answer", [{}, {"login": []}, {"login": {"result": "Success"}}, {"login": {}}], ids=str)
def test_a_login_that_says_nothing(answer: Scripted) -> None:
    with pytest.raises(Unreachable, match="lacks what the API documents"):
        wiki(Script(LOGIN, answer), Hands(), MOP).log_in()


def test_a_token_logs_in_as_somebody_or_not_at_all() -> None:
    token = BearerToken(token="secret")
    user = {"batchcomplete": True, "query": {"userinfo": {"id": 3, "name": "Sysop"}}}
    assert wiki(Script(user), Hands(), token).log_in() == "Sysop"
    nobody = {"batchcomplete": True, "query": {"userinfo": {"id": 0, "name": "127.0.0.1", "anon": True}}}
    with pytest.raises(Unreachable, match="did not accept"):
        wiki(Script(nobody), Hands(), token).log_in()


def test_a_read_waits_for_lag_and_breaks() -> None:
    script, hands = Script(error("maxlag", retry_after="5"), failed(Kind.LOST), failed(Kind.SERVER), OK), Hands()
    assert wiki(script, hands).read(QUERY) == OK


def test_a_page_in_place_of_the_api_is_told_soon_at_first_and_waited_for_later() -> None:
    hands = Hands()
    script = Script(*[failed(Kind.NOT_JSON)] * FIRST_TRIES)
    with pytest.raises(Unreachable):
        wiki(script, hands, MOP).log_in()
    assert script.left == 0
    site = wiki(Script(*LOGGED_IN, *[failed(Kind.NOT_JSON)] * (BROKEN_TRIES - 1), OK), hands, MOP)
    site.log_in()
    assert site.read(QUERY) == OK


def test_a_query_without_its_end_is_no_answer() -> None:
    script = Script({}, {"query": {}}, OK)
    assert wiki(script, Hands()).read(QUERY) == OK


def test_silence_ends_patience() -> None:
    hands = Hands()
    begin = hands.time
    with pytest.raises(Unreachable, match="connect"):
        wiki(Script(*[failed(Kind.CONNECT)] * 20), hands).read(QUERY)
    assert 60 <= hands.time - begin <= 61


def test_ctrl_c_ends_waiting() -> None:
    hands = Hands()
    hands.stop_at = hands.time + 2
    with pytest.raises(Interrupted):
        wiki(Script(*[error("readonly")] * 20), hands).read(QUERY)


def test_what_is_sent_while_another_thread_logs_in_is_asserted() -> None:
    hands = Hands()
    begun, go_on = threading.Event(), threading.Event()

    def slow(_parameters: Parameters) -> object:
        begun.set()
        assert go_on.wait(5)
        return WELCOME

    script = Script(*LOGGED_IN, LOGIN, slow, OK)  # type: ignore[arg-type]  # a mapping, after all
    site = wiki(script, hands, MOP)
    site.log_in()
    renewing = threading.Thread(target=site.log_in)
    renewing.start()
    assert begun.wait(5)
    site.read(QUERY)
    go_on.set()
    renewing.join(5)
    assert script.sent[-1]["assertuser"] == "Sysop"


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.heard is None])
def test_a_write_that_nobody_heard_is_never_unknown(kind: Kind) -> None:
    """It is sent again, or the run stops; nothing has to be looked up."""
    script = Script(*LOGGED_IN, CSRF, failed(kind), *LOGGED_IN, CSRF, DONE)
    if kind in (Kind.TLS, Kind.ACCOUNT):
        with pytest.raises(Unreachable):
            write(script, Hands())
    elif kind is Kind.SESSION:
        assert write(script, Hands()) == DONE
    else:
        script = Script(*LOGGED_IN, CSRF, failed(kind), *([CSRF] if kind is Kind.TOKEN else []), DONE)
        assert write(script, Hands()) == DONE


def test_a_block_ends_the_work_and_not_item_after_item() -> None:
    script = Script(*LOGGED_IN, CSRF, error("blocked"))
    with pytest.raises(Unreachable, match="lets this account do nothing: It is blocked") as caught:
        write(script, Hands())
    assert "administrator" in caught.value.hint


def test_a_refused_token_is_no_refusal_of_the_write() -> None:
    script = Script(*LOGGED_IN, error("unknown_something"))
    with pytest.raises(Unreachable, match="gives no token"):
        write(script, Hands())


def test_a_question_that_breaks_the_wiki_is_told_apart_from_a_wiki_that_is_away() -> None:
    hands = Hands()
    site = wiki(Script(*LOGGED_IN, *[failed(Kind.INTERNAL)] * BROKEN_TRIES, OK), hands, MOP)
    site.log_in()
    with pytest.raises(Broken, match="internal"):
        site.read(QUERY)
    assert site.read(QUERY) == OK
    glance = Script(*LOGGED_IN, *[failed(Kind.INTERNAL)] * GLANCES, OK)
    site = wiki(glance, hands, MOP)
    site.log_in()
    with pytest.raises(Broken):
        site.read(QUERY, tries=GLANCES)
    assert glance.left == 1
