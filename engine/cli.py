"""The command line: ``duban …``. Every fault that a person can mend is one Chinese line; nobody sees a traceback."""

import sys
from collections.abc import Callable, Mapping, Sequence

import typer
from typer.exceptions import TyperException

from engine.commands import (
    addin,
    archive,
    briefing,
    card,
    demo,
    doctor,
    ledgers,
    looks,
    notice,
    outbox,
    passes,
    score,
    statistics,
)
from engine.console import complain
from engine.faults import DubanError
from engine.ledger.container import UnreadableWorkbook
from engine.ledger.patching.refusals import RefusedError
from engine.ledger.sharing import WorkbookBusyError, reason
from engine.logging_setup import record_internal_error
from engine.policy.loading import PolicyError
from engine.usage import Command, Group, misuse
from sms.gateway import GatewayError
from sms.model import SmsError

_KNOWN = (DubanError, UnreadableWorkbook, WorkbookBusyError, RefusedError, PolicyError, SmsError, GatewayError)

app = typer.Typer(
    cls=Group, help="督办：自己盯着期限的督办台账。", add_completion=False, pretty_exceptions_enable=False
)
_COMMANDS: Mapping[str, Callable[..., object]] = {
    "demo": demo.demo,
    "new": ledgers.new,
    "adopt": ledgers.adopt_,
    "release": passes.release,
    "check": ledgers.check_,
    "stamp": ledgers.stamp_,
    "card": card.card,
    "notice": notice.notice,
    "pass": passes.pass_,
    "run": passes.run,
    "simulate": looks.simulate_,
    "explain": looks.explain_,
    "archive": archive.archive_,
    "briefing": briefing.briefing_,
    "year-end": briefing.year_end,
    "score": score.score,
    "statistics": statistics.statistics_,
    "doctor": doctor.doctor,
    "send-test": outbox.send_test,
    "build-addin": addin.build_addin,
    "install-addin": addin.install_addin,
}
for name, command in _COMMANDS.items():
    app.command(name, cls=Command)(command)
app.add_typer(outbox.app, name="outbox")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: ``check`` or ``doctor`` found errors; 2: misuse, or something that stopped it."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(words or ["--help"], prog_name="duban", standalone_mode=False)
    except typer.Abort:
        return _failed("已取消。")
    except TyperException as fault:
        return _failed(misuse(fault))
    except _KNOWN as fault:
        return _failed(" ".join(str(fault).split()))
    except OSError as fault:
        return _failed(reason(fault))
    except KeyboardInterrupt:
        return 130
    except Exception:  # a mistake of ours: the log has it, people get one line
        return _failed(f"程序内部出错，详情已写入 {record_internal_error()}。请把这个文件交给维护人员。")
    return code if isinstance(code, int) else 0


def _failed(line: str) -> int:
    complain(line)
    return 2


if __name__ == "__main__":
    sys.exit(main())
