"""The log: rotating files in the state folder, every line without full numbers and secrets."""

import logging
import os
import time
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from engine.facts.printable import printable, printable_lines
from engine.files.ownership import close_to_others, private_folder
from engine.service.config import Config, default_state
from sms.masking import MaskingFilter
from sms.office_time import ZONE

LOGGER = logging.getLogger("duban")
LOGGER.addHandler(logging.NullHandler())  # without a log, nothing of it may reach the console
logging.raiseExceptions = False  # a log that cannot be written (a full disk) would print a traceback there


class _OfficeTime(logging.Formatter):
    """Times as in the ledger and the SMS, whatever the machine's zone."""

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        return datetime.fromtimestamp(seconds or 0, ZONE).timetuple()


class _OneLine(logging.Filter):
    """No name from a workbook or a folder starts a line of its own or steers the terminal that shows the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """After the masking filter: the message is one line, a traceback keeps its lines."""
        record.msg, record.args = printable(record.getMessage()), ()
        if record.exc_text:
            record.exc_text = printable_lines(record.exc_text)
        return True


class _PrivateFiles(RotatingFileHandler):
    """Files that only their owner can read, whatever the umask; those that an earlier version made are closed."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stream = TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding, errors="backslashreplace")
        for path in Path(self.baseFilename).parent.glob(f"{Path(self.baseFilename).name}*"):
            with suppress(OSError):
                close_to_others(path)
        return stream


def log_file(config: Config) -> Path:
    """The file that is written to now; older ones stand beside it as .1, .2, …"""
    return config.state / "log" / "duban.log"


def start_logging(config: Config) -> None:
    """Send everything from INFO up to the rotating file, and nothing to the console.

    The filter sits on the handler: what other packages log passes it too.
    """
    path = log_file(config)
    private_folder(path.parent.parent)
    private_folder(path.parent)
    size = int(config.log.megabytes * 2**20)
    handler = _PrivateFiles(path, maxBytes=size, backupCount=config.log.keep, encoding="utf-8")
    handler.setFormatter(_OfficeTime("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(MaskingFilter())
    handler.addFilter(_OneLine())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, RotatingFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def record_internal_error() -> Path:
    """Log the exception that is being handled, starting the log if the command had none yet; the file it went to."""
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)]
    if not handlers:
        start_logging(Config(state=default_state()))
        return record_internal_error()
    LOGGER.exception("internal error")
    return Path(handlers[0].baseFilename)
