"""The command line: ``duban …``. Every fault that a person can mend is one Chinese line; nobody sees a traceback."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from engine.cli.console import prepare_streams, print_error
from engine.cli.usage import Command, Group, misuse
from engine.ledger.file.concurrent_access import reason
from engine.service.known_faults import KNOWN_FAULTS
from engine.service.logging_setup import record_internal_error

# Command → its module in ``engine.cli.commands``, loaded when the command is called: the store and the Word files take
# longer to load than most commands take to run.
_COMMANDS: Mapping[str, str] = {
    "demo": "demo:demo",
    "new": "ledgers:new",
    "adopt": "ledgers:adopt_",
    "forget": "ledgers:forget_",
    "release": "passes:release",
    "check": "ledgers:check_",
    "import": "moving:import_",
    "new-year": "new_year:new_year_",
    "tidy": "tidy:tidy_",
    "stamp": "ledgers:stamp_",
    "card": "card:card",
    "notice": "notice:notice",
    "pass": "passes:pass_",
    "run": "passes:run",
    "worker": "worker:worker",
    "fleet": "fleet:fleet",
    "simulate": "simulate:simulate_",
    "explain": "explain:explain_",
    "law": "law:law",
    "policy": "policy:app",
    "archive": "archive:archive_",
    "briefing": "briefing:briefing_",
    "year-end": "briefing:year_end",
    "circular": "papers:circular",
    "sheet": "papers:sheet",
    "score": "score:score",
    "board": "board:board_",
    "burden": "burden:burden_",
    "statistics": "statistics:statistics_",
    "team": "team:team_",
    "doctor": "doctor:doctor",
    "send-test": "outbox:send_test",
    "bundle": "delivery:bundle_",
    "install-service": "delivery:install_service",
    "desk": "addin:desk",
    "install-desk": "delivery:install_desk",
    "build-addin": "addin:build_addin",
    "install-addin": "addin:install_addin",
    "outbox": "outbox:app",
    "store": "store:app",
    "receiver": "receiver:receiver",
    "sms-kit": "sms_kit:app",
    "sms-proof": "sms_proof:sms_proof",
}


class Duban(Group):
    """All commands, each loaded on first use."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, ``None`` if there is none."""
        if super().get_command(ctx, cmd_name) is None:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"engine.cli.commands.{module}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name, cls=Command)(found)
        return typer.main.get_command(alone)


app: TyperGroup = Duban(help="督办：自己盯着期限的督办台账。", commands=[Command(name=name) for name in _COMMANDS])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: ``check`` or ``doctor`` found errors; 2: misuse, or something that stopped it."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        prepare_streams()
        code = app(words or ["--help"], prog_name="duban", standalone_mode=False)
    except typer.Abort:
        return _failed("已取消。")
    except TyperException as fault:
        return _failed(misuse(fault))
    except KNOWN_FAULTS as fault:
        return _failed(" ".join(str(fault).split()))
    except OSError as fault:
        return _failed(reason(fault))
    except KeyboardInterrupt:
        return 130
    except Exception:  # a mistake of ours: the log has it, people get one line
        return _failed(f"程序内部出错，详情已写入 {record_internal_error()}。请把这个文件交给维护人员。")
    return code if isinstance(code, int) else 0


def _failed(line: str) -> int:
    print_error(line)
    return 2
