"""Text that shows what it holds: no character steers a terminal, turns a line round or hides, whoever typed it."""

import re

_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_STEERING = _CONTROL + "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
_HIDDEN = re.compile(f"[{_STEERING}]")
_HIDDEN_OR_BREAK = re.compile(f"[{_STEERING}\t\n]+")


def printable(text: str) -> str:
    """``text`` on one line, without control (C0, C1), bidirectional and zero-width characters; a break is a space."""
    return _HIDDEN_OR_BREAK.sub(
        lambda found: " " if any(mark in "\t\n\r\u2028\u2029" for mark in found[0]) else "", text
    )


def printable_lines(text: str) -> str:
    """The same with its tabs and line breaks."""
    return _HIDDEN.sub("", text)
