"""Shared strings without holding them all: which indices a text has, which texts some indices have."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from engine.ledger.patching.masking import masked
from engine.ledger.patching.refusals import UnsupportedXmlError
from engine.ledger.patching.row_grammar import Grammar
from engine.ledger.patching.values import escaped
from engine.ledger.row_hash import cell_text

_MAX_STRING = 8 << 20
_OTHER_SPELLINGS = (b"\0", b"&#", b"&quot;", b"&apos;", b"_x")
_USUAL, _END, _ENDING = b"<si><t>", b"</t>", b"</si>"


class SharedStrings:
    """The shared strings of a book; ``unpack`` yields the part anew at each call, ``None`` where there is none."""

    def __init__(self, unpack: Callable[[], Iterable[bytes]] | None, part: str) -> None:
        self._unpack, self._part = unpack, part

    def find(self, texts: Collection[str], *, thorough: bool) -> dict[int, str]:
        """Index → string, for the strings that are among ``texts`` by :func:`cell_text`.

        Quick looks for the spelling that Excel writes; thorough reads every string, so that width and white space do
        not matter. Strings in unusual form are always read.
        """
        wanted = {cell_text(text) for text in texts} - {""}
        exact = {_USUAL + escaped(text) + _END: text for text in texts if text}
        found: dict[int, str] = {}
        for first, piece, items, grammar in self._batches():
            # One character may be written in many ways; then only reading tells.
            odd = b"&" in piece or b"_" in piece or b"\0" in piece
            every = thorough or (odd and any(mark in piece for mark in _OTHER_SPELLINGS))
            if not every and piece.count(_USUAL) == piece.count(_END + _ENDING) == len(items):
                hits = exact.keys() & items
                found |= {at: exact[item] for at, item in enumerate(items, first) if item in hits} if hits else {}
                continue
            for at, item in enumerate(items, first):
                # What may follow the text is a phonetic mark, which Chinese Excel adds to most strings.
                if not every and item.startswith(_USUAL):
                    text = exact.get(item[: item.find(_END) + len(_END)])
                else:
                    text = grammar.texts(item)
                    text = text if cell_text(text) in wanted else None
                if text is not None:
                    found[at] = text
        return found

    def texts(self, indices: Collection[int]) -> dict[int, str]:
        """Index → text. Raises UnsupportedXmlError for an index that the part does not have."""
        found: dict[int, str] = {}
        wanted = sorted(set(indices), reverse=True)
        for first, _, items, grammar in self._batches():
            while wanted and wanted[-1] < first + len(items):
                index = wanted.pop()
                found[index] = grammar.texts(items[index - first])
            if not wanted:
                break
        if wanted:
            raise UnsupportedXmlError("单元格引用了不存在的文字，请在 Excel 中打开并另存一次", self._part)
        return found

    def _batches(self) -> Iterator[tuple[int, bytes, list[bytes], Grammar]]:
        """Number of the first string, a piece of the part, its strings (without their end tag), the grammar."""
        if self._unpack is None:
            return
        count, held = 0, b""
        grammar: Grammar | None = None
        for chunk in masked(self._unpack(), self._part):
            data = held + chunk
            if grammar is None:
                if (at := data.find(b"sst")) < 0 or (end := data.find(b">", at)) < 0:
                    held = data
                    continue
                grammar = Grammar(data[data.rindex(b"<", 0, at) + 1 : at], self._part)
                data = data[end + 1 :]
            opening, ending = b"<" + grammar.prefix + b"si", b"</" + grammar.prefix + b"si>"
            *items, held = data.split(ending)
            # Strings without content close themselves and would be lost in the counting.
            if data.count(opening) > len(items) + (opening in held) or re.search(opening + rb"\s*/>", held):
                *items, held = re.sub(opening + rb"\s*/>", ending, data).split(ending)
            if len(held) > _MAX_STRING:
                raise UnsupportedXmlError("文件中的文字异常庞大，请在 Excel 中打开并另存一次", self._part)
            if items:
                yield count, data[: len(data) - len(held)], items, grammar
                count += len(items)
