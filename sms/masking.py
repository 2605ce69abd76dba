"""Numbers and secrets out of logs and exception texts."""

import base64
import logging
import re
from urllib.parse import quote

# Mainland numbers however written (+86138…, %2B86138…, 0086138…, 138…), others with their plus sign.
_PLUS = r"(?:\+|%2[Bb])"
_NUMBER = re.compile(rf"(?:{_PLUS}|(?<!\d))(?:00)?(?:86[- ]?)?(1[3-9]\d{{9}})(?!\d)|{_PLUS}(\d{{7,15}})")
_secrets: set[str] = set()


def mask_mobile(mobile: str) -> str:
    """``+8613800138000`` as ``138****8000``; whatever is too short to be a number as stars."""
    digits = mobile.removeprefix("+86").removeprefix("+")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def keep_secret(*secrets: str) -> None:
    """Never show these again: as they are, in a URL, or in a Basic header (pairs in the order given)."""
    for secret in (*secrets, ":".join(secrets)):
        if len(secret) >= 6:
            _secrets.update((secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()))


def mask_text(text: str) -> str:
    """``text`` without full numbers and without any secret that was registered."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _NUMBER.sub(lambda found: mask_mobile(found[1] or found[2]), text)


class MaskingFilter(logging.Filter):
    """For a log handler: what passes it holds no full number and no secret, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the finished line, so that nothing hides in its arguments."""
        record.msg, record.args = mask_text(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = mask_text(record.exc_text)
        return True


def silence(*names: str) -> None:
    """Shut up loggers of other packages that write headers and numbers, and whatever handlers they brought."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
