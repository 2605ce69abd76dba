"""The text that XML content stands for: entities, masked CDATA, and the escapes of Excel's own."""

import re

from engine.ledger.package.masking import unmasked

_ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
RARE_ESCAPE = re.compile(rb"_x(?!00)[0-9A-Fa-f]{4}_")
"""An escape that some readers leave as it is."""
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# What XML cannot hold, and the carriage return, which every XML reader would turn into a line feed.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_GREATEST_CHARACTER = 0x10FFFF


def plain_text(content: bytes) -> str:
    """The text that ``<t>`` or ``<v>`` content stands for, masked CDATA included."""
    text = content.decode("utf-8", "replace")
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(mark in text for mark in "\0\1\2"):
        text = unmasked(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
    return unescaped(text)


def unescaped(text: str) -> str:
    """Text with Excel's ``_xHHHH_`` resolved."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> bytes:
    """Text as the content of ``<t>``, as Excel spells it."""
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    if not text.isprintable():
        text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if number <= _GREATEST_CHARACTER else entity[0]
