"""Cell styles that show a 机 cell as its column does: fill, border and font as they are, the number format its own.

A clerk's date format on a count would show 3 as 1900-01-03. The part is searched as bytes and only added to.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from engine.ledger.package.row_grammar import attributes_of
from engine.ledger.package.small_xml import ATTRIBUTES
from engine.ledger.package.text_content import escaped, plain_text

GENERAL = "General"
_BUILT_IN = {0: GENERAL, 1: "0", 2: "0.00"}
_FIRST_OWN_ID = 164
_MOST_STYLES = 64_000
"""Excel opens no book with more cell styles."""
_ROOT = re.compile(rb"<([^\s/<>:]+:)?styleSheet" + ATTRIBUTES + rb"\s*>")
_COUNT = re.compile(rb"(?<=\scount=[\"'])\d+")
_OF_THE_FORMAT = (b"numFmtId", b"applyNumberFormat")
_OTHER_SPELLINGS = re.compile(r'\\|"|\[\$-[^\]]*\]|;@$')

_Looks = tuple[frozenset[tuple[bytes, bytes]], bytes]


class CellFormats:
    """The cell styles of a book; ``unpack`` yields their part, which is empty where there is none: no style changes
    then.
    """

    def __init__(self, unpack: Callable[[], Iterable[bytes]], part: str) -> None:
        self._unpack, self.part = unpack, part
        self._known: dict[tuple[bytes | None, str], bytes | None] = {}
        self._added_styles: list[bytes] = []
        self._added_formats: list[bytes] = []

    def showing(self, style: bytes | None, code: str) -> bytes | None:
        """The style that looks like ``style`` and shows numbers by ``code``: itself where it does so already, and in a
        part that is not written as spreadsheet programs write it.
        """
        if (style, code) not in self._known:
            self._known[style, code] = self._showing(style, code)
        return self._known[style, code]

    def changed(self) -> bytes | None:
        """The part with the styles that were added; ``None`` where none was."""
        if not self._added_styles:
            return None
        data = self._longer(self._data, b"cellXfs", self._added_styles)
        return self._longer(data, b"numFmts", self._added_formats) if self._added_formats else data

    def _showing(self, style: bytes | None, code: str) -> bytes | None:
        number = _number(style or b"0")
        if number >= len(self._styles) or _shows(self._code(self._styles[number]), code):
            return style
        wanted = _looks(self._styles[number]), _spelled(code)
        if wanted not in self._places and len(self._styles) >= _MOST_STYLES:
            return style
        if wanted not in self._places:
            self._places[wanted] = len(self._styles)
            self._add_style(self._styles[number], self._format_id(code))
        return b"%d" % self._places[wanted]

    def _add_style(self, like: bytes, number: int) -> None:
        attributes, rest = _parts(like)
        attributes |= {b"numFmtId": b"%d" % number, b"applyNumberFormat": b"1"}
        written = b"".join(b' %b="%b"' % attribute for attribute in attributes.items())
        self._styles.append(b"<" + self._prefix + b"xf" + written + rest)
        self._added_styles.append(self._styles[-1])

    def _code(self, style: bytes) -> str:
        return self._codes.get(_number(_parts(style)[0].get(b"numFmtId", b"0")), "")

    def _format_id(self, code: str) -> int:
        """The number of a format, which is added where the book does not have it."""
        for number, known in self._codes.items():
            if _spelled(known) == _spelled(code):
                return number
        number = max(_FIRST_OWN_ID, max(self._codes) + 1)
        self._codes[number] = code
        text = escaped(code).replace(b'"', b"&quot;")
        self._added_formats.append(b'<%bnumFmt numFmtId="%d" formatCode="%b"/>' % (self._prefix, number, text))
        return number

    @cached_property
    def _data(self) -> bytes:
        """The part; empty where comments, CDATA or entities could look like what they are not."""
        data = b"".join(self._unpack())
        return b"" if b"<!" in data else data

    @cached_property
    def _prefix(self) -> bytes:
        root = _ROOT.search(self._data)
        return (root[1] or b"") if root else b""

    @cached_property
    def _styles(self) -> list[bytes]:
        """Every cell style as it is written, in the order by which cells refer to them."""
        found = self._list(b"cellXfs")
        name = re.escape(self._prefix) + b"xf"
        style = re.compile(b"<" + name + ATTRIBUTES + rb"\s*(?:/>|>.*?</" + name + rb"\s*>)", re.DOTALL)
        return style.findall(found["content"]) if found else []

    @cached_property
    def _places(self) -> dict[tuple[_Looks, str], int]:
        """The first place of each style in the list, by its format and its number format."""
        alike = [(_looks(style), _spelled(self._code(style))) for style in self._styles]
        return {style: at for at, style in reversed([*enumerate(alike)])}

    @cached_property
    def _codes(self) -> dict[int, str]:
        """Number → format code."""
        found = self._list(b"numFmts")
        tag = re.compile(b"<" + re.escape(self._prefix) + b"numFmt(" + ATTRIBUTES + b")")
        named = [attributes_of(attributes) for attributes in tag.findall(found["content"])] if found else []
        own = {_number(one.get(b"numFmtId", b"")): plain_text(one.get(b"formatCode", b"")) for one in named}
        return _BUILT_IN | own

    def _list(self, name: bytes, data: bytes | None = None) -> re.Match[bytes] | None:
        """A list of the part, with its start tag and its content."""
        name = re.escape(self._prefix) + name
        whole = rb"(?P<tag><" + name + ATTRIBUTES + rb"\s*>)(?P<content>.*?)</" + name + rb"\s*>"
        return re.compile(whole, re.DOTALL).search(self._data if data is None else data)

    def _longer(self, data: bytes, name: bytes, added: Sequence[bytes]) -> bytes:
        """``data`` with more at the end of a list; a list that is not there, of formats, comes first of all."""
        content = b"".join(added)
        found = self._list(name, data)
        if found:
            tag = _COUNT.sub(lambda count: b"%d" % (int(count[0]) + len(added)), found["tag"])
            return data[: found.start()] + tag + found["content"] + content + data[found.end("content") :]
        closed = re.compile(b"<" + re.escape(self._prefix) + name + ATTRIBUTES + rb"\s*/>")
        data = closed.sub(b"", data)
        root = _ROOT.search(data)
        at = root.end() if root else 0
        new = b'<%b%b count="%d">%b</%b%b>' % (self._prefix, name, len(added), content, self._prefix, name)
        return data[:at] + new + data[at:]


def _number(text: bytes) -> int:
    """A number of a style or format; one that no book has for what is none."""
    return int(text) if text.isdigit() else _MOST_STYLES


def _shows(code: str, own: str) -> bool:
    """Whether a number format shows a number as ``own`` does; General shows plain numbers as they are."""
    return _spelled(code) == _spelled(own) or (code == GENERAL and not re.search("[a-z]", own))


def _spelled(code: str) -> str:
    """One spelling of a format: Excel and LibreOffice escape what they take for text, and name the language."""
    return _OTHER_SPELLINGS.sub("", code).lower()


def _parts(style: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """The attributes of a style, and what follows them."""
    tag, _, rest = style.partition(b">")
    return attributes_of(tag), (b"/>" if tag.endswith(b"/") else b">") + rest


def _looks(style: bytes) -> _Looks:
    """Everything of a style but its number format."""
    attributes, rest = _parts(style)
    return frozenset((name, value) for name, value in attributes.items() if name not in _OF_THE_FORMAT), rest
