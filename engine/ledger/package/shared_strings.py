"""Shared strings without holding them all: which indices a text has, which texts some indices have."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.masking import masked
from engine.ledger.package.row_grammar import Grammar
from engine.ledger.package.row_hash import cell_text
from engine.ledger.package.text_content import RARE_ESCAPE, escaped, plain_text

_MAX_STRING = 8 << 20
_OTHER_SPELLINGS = (b"\0", b"&#", b"&quot;", b"&apos;", b"_x")
_USUAL, _END = b"<si><t>", b"</t></si>"
_TAGS = 4
# A text that is nothing but white space, characters outside of ASCII that may be unseen, or escapes of either.
_BLANK = rb"(?:[\s\0]|[\xc2\xd8\xe1-\xe3\xef][\x80-\xbf]+|&#?\w+;|_x[0-9A-Fa-f]{4}_)*</"
_MAY_BE_BLANK = re.compile(
    rb"<(?:[^\s/<>:]+:)?t(?:\s[^<>]*)?>" + _BLANK + rb"|<(?:[^\s/<>:]+:)?(?:si|t)(?:\s[^<>]*)?/>"
)
_MAY_BE_BLANK_AS_USUAL = re.compile(b"<t>" + _BLANK)  # begins with a literal, which is found at C speed


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some strings, the first of which is number ``first``. Where all are written as Excel writes plain ones
    (``usual``), ``items`` are their texts as bytes, else what stands before the end tag of each. ``piece`` has all.
    """

    first: int
    usual: bool
    items: list[bytes]
    grammar: Grammar
    unusual: bool
    piece: bytes

    def read(self, item: bytes) -> str:
        """The text of one item."""
        return plain_text(item) if self.usual else self.grammar.texts(item)


class SharedStrings:
    """The shared strings of a book; ``unpack`` yields the part anew at each call, ``None`` where there is none."""

    def __init__(self, unpack: Callable[[], Iterable[bytes]] | None, part: str) -> None:
        self._unpack, self._part = unpack, part

    def find(self, texts: Collection[str], *, thorough: bool) -> dict[int, str]:
        """Index → string, for the strings that are among ``texts`` by :func:`cell_text`.

        A quick search tests for the spelling that Excel writes; a thorough one reads every string, so that width and
        white space do not matter. Strings in unusual form are always read.
        """
        wanted = {cell_text(text) for text in texts} - {""}
        exact = {escaped(text): text for text in texts if text}
        found: dict[int, str] = {}
        for batch in self._batches():
            every = thorough or batch.unusual
            if batch.usual and not every:
                found |= {at: exact[item] for at, item in enumerate(batch.items, batch.first) if item in exact}
                continue
            for at, item in enumerate(batch.items, batch.first):
                # What may follow the text is a phonetic mark, which Chinese Excel adds to most strings.
                if not every and item.startswith(_USUAL):
                    text = exact.get(item[len(_USUAL) : item.find(b"<", len(_USUAL))])
                else:
                    text = batch.read(item)
                    text = text if cell_text(text) in wanted else None
                if text is not None:
                    found[at] = text
        return found

    def texts(self, indices: Collection[int]) -> dict[int, str]:
        """Index → text. Raises UnsupportedXmlError for an index that the part does not have."""
        found: dict[int, str] = {}
        wanted = sorted(set(indices), reverse=True)
        for batch in self._batches():
            while wanted and wanted[-1] < batch.first + len(batch.items):
                index = wanted.pop()
                found[index] = batch.read(batch.items[index - batch.first])
            if not wanted:
                break
        if wanted:
            raise UnsupportedXmlError("单元格引用了不存在的文字。请在 Excel 中打开并另存一次。", self._part)
        return found

    def blank(self) -> frozenset[int]:
        """The indices of the texts without content by :func:`cell_text`: spaces, line breaks, characters unseen."""
        found: set[int] = set()
        for batch in self._batches():
            blank = _MAY_BE_BLANK_AS_USUAL if batch.usual else _MAY_BE_BLANK
            if blank.search(batch.piece):
                texts = enumerate(map(batch.read, batch.items), batch.first)
                found.update(at for at, text in texts if not cell_text(text))
        return frozenset(found)

    def all_texts(self) -> list[str]:
        """Every text, in the order by which cells refer to them."""
        return [batch.read(item) for batch in self._batches() for item in batch.items]

    def sizes(self) -> list[int]:
        """The bytes that each text takes at most."""
        return [len(item) for batch in self._batches() for item in batch.items]

    def longest_if_plain(self) -> int | None:
        """The bytes of the longest text; ``None`` where not every XML reader takes the texts alike: a prefix, a
        comment, CDATA, or an escape of Excel's own other than those of control characters.
        """
        longest = 0
        for piece, grammar in self._pieces():
            if grammar.prefix or b"\0" in piece or (b"_x" in piece and RARE_ESCAPE.search(piece)):
                return None
            longest = max(longest, max(map(len, piece.split(b"</si>"))))
        return longest

    def _batches(self) -> Iterator[_Batch]:
        first = 0
        for piece, grammar in self._pieces():
            # One character may be written in many ways; then only reading shows which.
            unusual = b"&" in piece or b"_" in piece or b"\0" in piece
            unusual = unusual and any(mark in piece for mark in _OTHER_SPELLINGS)
            items = piece[len(_USUAL) : -len(_END)].split(_END + _USUAL)
            usual = piece.startswith(_USUAL) and piece.endswith(_END) and piece.count(b"<") == _TAGS * len(items)
            if not usual:
                name = grammar.prefix + b"si"
                # Strings without content close themselves and would be lost in the counting.
                piece = re.sub(b"<" + name + rb"\s*/>", b"</" + name + b">", piece) if b"/>" in piece else piece
                *items, _ = piece.split(b"</" + name + b">")
            yield _Batch(first, usual, items, grammar, unusual, piece)
            first += len(items)

    def _pieces(self) -> Iterator[tuple[bytes, Grammar]]:
        """The part in pieces of whole strings, and its grammar. The last piece is what follows the last end tag."""
        if self._unpack is None:
            return
        held = b""
        grammar: Grammar | None = None
        for chunk in masked(self._unpack(), self._part):
            held += chunk
            if grammar is None:
                if (at := held.find(b"sst")) < 0 or (end := held.find(b">", at)) < 0:
                    continue
                grammar = Grammar(held[held.rindex(b"<", 0, at) + 1 : at], self._part)
                ending = b"</" + grammar.prefix + b"si>"
                held = held[end + 1 :]
            if (at := held.rfind(ending)) >= 0:
                at += len(ending)
                yield held[:at], grammar
                held = held[at:]
            if len(held) > _MAX_STRING:
                raise UnsupportedXmlError("文件中的文字异常庞大。请在 Excel 中打开并另存一次。", self._part)
        if grammar:
            yield held, grammar
