"""Where a secret is read from: an environment variable, a file, what a program prints; and what none of them may do."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from runner.cli import app
from runner.cli.output import SECRETS
from runner.cli.program import printed_by
from runner.cli.secret import read_secret
from runner.errors import UsageError
from runner.playbook.logins import FromCommand, FromEnv, FromFile
from runner.store.git import environment

SECRET = "correct horse battery"


def printing(folder: Path, code: str, *arguments: str) -> str:
    """What a Python program prints, read as a secret."""
    program = folder / "program.py"
    program.write_text(code)
    return read_secret(FromCommand(command=(sys.executable, str(program), *arguments)), folder)


def test_what_a_program_prints(tmp_path: Path) -> None:
    argument = "; touch pwned $(touch pwned) `touch pwned` | tee pwned > pwned"
    assert printing(tmp_path, f"import sys; assert sys.argv[1] == {argument!r}; print({SECRET!r})", argument) == SECRET
    assert sorted(path.name for path in tmp_path.iterdir()) == ["program.py"]  # there is no shell
    assert SECRETS.clean(f"x {SECRET} y") == "x *** y"


def test_it_runs_in_the_configurations_folder_without_input_and_without_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIKIMOP_PASSWORD", SECRET)
    code = "import os, sys; print(os.getcwd(), sys.stdin.read(), os.environ.get('WIKIMOP_PASSWORD'))"
    assert printing(tmp_path, code) == f"{tmp_path.resolve()}  None"
    assert "WIKIMOP_PASSWORD" not in environment()
    assert "PATH" in environment()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; print('correct horse'); sys.exit(3)", "failed with code 3"),
        ("import sys; print('correct horse', file=sys.stderr); sys.exit(1)", "failed with code 1"),
        ("", "printed nothing"),
        ("print('correct horse\\nbattery')", "one line"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe correct')", "not UTF-8"),
        ("print('x' * 70_000)", "too much"),
        ("while True: print('correct horse' * 100)", "too much"),
    ],
)
def test_a_program_that_fails_is_told_without_what_it_said(
    tmp_path: Path, code: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=said) as told:
        printing(tmp_path, code)
    captured = capfd.readouterr()
    assert "horse" not in f"{told.value} {told.value.hint} {captured.out} {captured.err}"


def test_a_program_that_does_not_end_is_ended(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import os, time; print(os.getpid(), file=open('pid', 'w'), flush=True); time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(UsageError, match="did not end"):
        printed_by((sys.executable, str(program)), tmp_path, seconds=1.0)
    assert time.monotonic() - started < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_program_that_leaves_its_output_to_a_child_does_not_hold_us_up(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import subprocess; subprocess.Popen(['sleep', '8'])")
    started = time.monotonic()
    with pytest.raises(UsageError, match="did not end"):
        printed_by((sys.executable, str(program)), tmp_path, seconds=1.0)
    assert time.monotonic() - started < 6


def test_a_program_of_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder may be a stranger's checkout, the configuration's folder is the user's own."""
    home, stranger = tmp_path / "home", tmp_path / "stranger"
    for folder in (home, stranger):
        folder.mkdir()
        program = folder / "get-secret"
        program.write_text(f"#!/bin/sh\necho from-{folder.name}\n")
        program.chmod(0o700)
    monkeypatch.chdir(stranger)
    monkeypatch.setenv("PATH", f".:{os.pathsep}:{os.environ['PATH']}")
    with pytest.raises(UsageError, match="not on the PATH"):
        read_secret(FromCommand(command=("get-secret",)), home)
    assert read_secret(FromCommand(command=("./get-secret",)), home) == "from-home"
    assert read_secret(FromCommand(command=(str(stranger / "get-secret"),)), home) == "from-stranger"
    with pytest.raises(UsageError, match="cannot be run"):
        read_secret(FromCommand(command=("./nowhere",)), home)


def test_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    path.chmod(0o600)
    assert read_secret(FromFile(path="secret"), tmp_path) == SECRET
    assert capsys.readouterr().err == ""
    for mode in (0o640, 0o604, 0o620, 0o602):
        path.chmod(mode)
        assert read_secret(FromFile(path=str(path)), tmp_path) == SECRET
        assert "chmod 600" in capsys.readouterr().err


def test_what_is_no_file_of_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "two").write_text("one\ntwo")
    (tmp_path / "large").write_text("x" * 100_000)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfd")
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "zero").symlink_to("/dev/zero")
    started = time.monotonic()
    for name in ("pipe", "two", "large", "binary", "empty", "zero", "missing", "."):
        with pytest.raises(UsageError):
            read_secret(FromFile(path=name), tmp_path)
    assert time.monotonic() - started < 5


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MOP", SECRET)
    assert read_secret(FromEnv(name="MOP"), tmp_path) == SECRET
    for wrong in ("", "two\nlines", os.fsdecode(b"\xff\xfe")):
        monkeypatch.setenv("MOP", wrong)
        with pytest.raises(UsageError) as told:
            read_secret(FromEnv(name="MOP"), tmp_path)
        assert "lines" not in str(told.value)
    monkeypatch.setenv("MOP", "short")
    assert read_secret(FromEnv(name="MOP"), tmp_path) == "short"
    assert "so short" in capsys.readouterr().err


def test_a_traceback_holds_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    SECRETS.learn(SECRET)
    monkeypatch.setenv("WIKIMOP_TRACEBACK", "1")
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(f"the password {SECRET} and \x1b[31m\n::error::x")
    assert app._bug(caught.value) == 1
    told = capsys.readouterr().err
    assert "Traceback (most recent call last)" in told
    assert "the password *** and" in told
    assert SECRET not in told
    assert "\x1b" not in told
    assert "\n::error" not in told


def test_what_click_says_of_a_command_line_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    SECRETS.learn(SECRET)
    assert app.call(["plan", "x", "--var", f"\n::error::x\x1b[31m{SECRET}"]) == 2
    told = capsys.readouterr().err
    assert "NAME=VALUE" in told
    assert not [line for line in told.splitlines() if line.startswith("::")]
    assert "\x1b" not in told + SECRET
    assert SECRET not in told
