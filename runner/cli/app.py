"""`wikimop`: finds the command, and turns every error into a sentence and its fixed exit code."""

from __future__ import annotations

import importlib
import io
import os
import sys

import click

from runner import __version__
from runner.errors import EXIT_INCOMPLETE, EXIT_INTERRUPTED, EXIT_INVALID, InvalidInput, WikimopError

# Name and line of help: the commands themselves are imported only when they are called.
COMMANDS = {
    "validate": "Check playbooks offline; every problem at once.",
    "plan": "Find every item, and freeze what would be done.",
    "apply": "Carry out exactly a plan, once.",
    "run": "Plan, show, ask, apply.",
    "resume": "Finish an interrupted run.",
    "runs": "List the runs in the state folder.",
    "show": "Show a run or a plan, item by item with --items.",
    "undo": "Make a plan that takes back what a run did.",
    "generators": "List the generators and their parameters.",
    "doctor": "Can it connect, log in, and do what playbooks need?",
    "schema": "Print the JSON Schema of playbooks.",
    "init": "Write a commented playbook to start from.",
}


class Commands(click.Group):
    """A group that knows its commands' names and loads one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"runner.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415 - only where it is needed

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="wikimop")
def wikimop() -> None:
    """A declarative job runner for MediaWiki administrators: what was reviewed is what runs."""


def main() -> None:
    """The console script."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """Run one command line and give its exit code."""
    try:
        result = wikimop.main(arguments, prog_name="wikimop", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        return _misused(error)
    except (click.Abort, KeyboardInterrupt):
        return say("interrupted", EXIT_INTERRUPTED)
    except InvalidInput as error:
        from runner.playbook.render import render_problems  # noqa: PLC0415 - only where it is needed

        return say(render_problems(error.problems), error.exit_code)
    except WikimopError as error:
        return say_error(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_INVALID
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        return _bug(error)


def say_error(error: WikimopError) -> int:
    """Print a user's error and give its exit code."""
    from runner.harmless import harmless  # noqa: PLC0415 - only where it is needed

    text = f"error: {harmless(error.message)}"
    return say(text + (f"\n  hint: {harmless(error.hint)}" if error.hint else ""), error.exit_code)


def say(text: str, code: int) -> int:
    """A message to stderr."""
    from runner.cli.output import tell  # noqa: PLC0415 - only where it is needed

    tell(text)
    return code


def _misused(error: click.ClickException) -> int:
    text = io.StringIO()
    error.show(text)
    return say(text.getvalue().rstrip("\n"), EXIT_INVALID)


def _bug(error: Exception) -> int:
    if os.environ.get("WIKIMOP_TRACEBACK"):
        import traceback  # noqa: PLC0415 - only where it is needed

        return say("".join(traceback.format_exception(error)).rstrip("\n"), EXIT_INCOMPLETE)
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else "unknown"
    return say(
        f"error: a bug in wikimop: {type(error).__name__} in {where}\n"
        "  hint: nothing is lost, `wikimop resume` goes on; set WIKIMOP_TRACEBACK=1 for the details to report",
        EXIT_INCOMPLETE,
    )
