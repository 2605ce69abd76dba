"""Pressing a button: whatever goes wrong becomes one Chinese sentence, and the book stays as it was."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from addin.desk import Desk, Windows
from addin.faults import AddinError, NotSavedError

if TYPE_CHECKING:
    from addin.session import Session
    from addin.session_book import Reads, SessionBook

SETTINGS_FOLDER = Path.home() / ".duban"
_ONLY_SHOW = frozenset(("预览短信", "为什么", "今日待办", "打开说明", "统计报告", "督办单", "归档"))
"""Buttons that work in a book of last year too: they leave it as it is."""
_LOG = logging.getLogger(__name__)


def _calling_book(reads: "Reads", formulas: bool) -> "SessionBook":
    """The book from which the button was pressed. Raises AddinError.

    The engine is imported once Excel has answered: a click without a book costs no import.
    """
    from addin import excel

    calling = excel.calling_book()
    excel.must_answer(calling)
    from addin.live_book import LiveBook
    from addin.session_book import SHEETS_READ

    return LiveBook(calling, SHEETS_READ[reads], sees_formulas=formulas)


class ButtonContext:
    """What a test or the desk window provides instead: the book, the person, and the clock."""

    book: "Callable[[Reads, bool], SessionBook]" = staticmethod(_calling_book)
    """The book that a button is pressed for: which of its sheets it reads, and whether formulas are found on each of
    them, not in 督办台账 alone.
    """
    desk: Desk = Windows()
    settings_folder = SETTINGS_FOLDER

    @staticmethod
    def now() -> datetime:
        """Office time, in whole minutes."""
        from engine.service.clock import OfficeClock

        return OfficeClock().now().replace(second=0, microsecond=0)


def press(name: str, action: "Callable[[Session], None]", *, reads: "Reads" = "usual", formulas: bool = False) -> None:
    """Run ``action`` on the book from which the button was pressed. Raises NotSavedError where a saved file took
    nothing: whoever shows it keeps what was typed. An open book never raises it.
    """
    desk = ButtonContext.desk
    try:
        book = ButtonContext.book(reads, formulas)
    except AddinError as fault:
        desk.inform(str(fault))
        return
    from addin.session import Session
    from engine.facts.faults import DubanError
    from engine.ledger.package.faults import UnreadableWorkbook
    from engine.policy.workdays import YearNotCoveredError

    try:
        session = Session(book, ButtonContext.now(), desk)
        if session.ledger.settings.carried_over and name not in _ONLY_SHOW:
            desk.inform(
                f"这是旧年度的台账，已结转到{session.ledger.settings.carried_over}年，只供查阅。请在新台账里办理。"
            )
            return
        action(session)
    except NotSavedError:
        raise
    except (AddinError, UnreadableWorkbook, DubanError) as fault:
        desk.inform(str(fault))
    except YearNotCoveredError as gap:
        desk.inform(f"{gap.year}年的放假安排还没有录入。请在「节假日」补录后，再点“{name}”。")
    except Exception:  # the last resort: people see a sentence, the log has the rest
        _write_down(name)
        desk.inform(f"“{name}”没有做完。请保存台账后重新打开再试；仍不行的，把 {log_path()} 发给管理员。")


def log_path() -> Path:
    """The file in which unexpected faults are logged."""
    return ButtonContext.settings_folder / "addin.log"


def _write_down(name: str) -> None:
    from engine.files.ownership import close_to_others, private_folder

    private_folder(ButtonContext.settings_folder)
    handler = logging.FileHandler(log_path(), encoding="utf-8")
    close_to_others(log_path())
    _LOG.addHandler(handler)
    _LOG.exception("button %s", name)
    _LOG.removeHandler(handler)
    handler.close()
