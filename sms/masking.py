"""Numbers and secrets out of whatever leaves us: logs, screens, error texts."""

import base64
import logging
import re
from urllib.parse import quote, quote_plus

from sms.numbers import mask_numbers

MOST_OF_A_FAULT = 200
"""Characters of a text from outside that are kept."""
_READ_OF_A_FAULT = 20_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")
_SHORTEST_SECRET = 6
_secrets: set[str] = set()


def keep_secret(*secrets: str) -> None:
    """Register secrets that are never shown again: as they are, in a URL, in base64, or in a Basic header (pairs in the
    order given).
    """
    for secret in (*secrets, ":".join(secrets)):
        if len(secret) >= _SHORTEST_SECRET:
            _secrets.update((secret, quote(secret, safe=""), quote(secret), quote_plus(secret), *_in_base64(secret)))
            _secrets.add(re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")))


def _in_base64(secret: str) -> set[str]:
    """The secret by itself, and what is left of it inside of a longer text, which may begin at any of three places."""
    data = secret.encode()
    found = {base64.b64encode(data).decode().rstrip("=")}
    for before in range(3):
        first = -(-8 * before // 6)
        last = 8 * (before + len(data)) // 6
        found.add(base64.b64encode(b"\0" * before + data).decode()[first:last])
    safe = {text.replace("+", "-").replace("/", "_") for text in found}
    return {text for text in found | safe if len(text) >= _SHORTEST_SECRET}


def mask_secrets(text: str) -> str:
    """``text`` without any secret that was registered."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def mask_text(text: str) -> str:
    """``text`` without full numbers and without any secret that was registered."""
    return mask_numbers(mask_secrets(text))


def from_outside(text: str) -> str:
    """An error text as people may see it, whoever wrote it: masked, on one line, short."""
    line = _UNPRINTABLE.sub(" ", mask_text(text[:_READ_OF_A_FAULT])).strip()
    return line if len(line) <= MOST_OF_A_FAULT else line[:MOST_OF_A_FAULT] + "…"


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
    """Disable loggers of other packages that write headers and numbers, and whatever handlers they brought."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
