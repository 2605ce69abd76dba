"""Comments, processing instructions and CDATA made harmless without moving a byte.

A sheet is searched for tags as bytes. Inside a comment or CDATA such a search would find tags that are none. Here they
are overwritten in place with bytes that XML cannot contain, so that offsets stay those of the file:
0 stands for nothing, 1 for ``<``, 2 for ``&``.
"""

import re
from collections.abc import Iterable, Iterator

from engine.ledger.package.faults import MEND, UnsupportedXmlError
from engine.ledger.package.small_xml import check_encoding, refuse_entities

_MAX_HELD = 1 << 20
_OPENING = re.compile(rb"<(?:!|\?)")
_COMMENT, _CDATA = b"<!--", b"<![CDATA["
_LONGEST = len(_CDATA)
_NOTHING = b"\0"
_HIDE = bytes.maketrans(b"<&", b"\1\2")


def masked(chunks: Iterable[bytes], part: str) -> Iterator[bytes]:
    """The same stream, same length, with nothing in it that looks like a tag and is none.

    Raises EntityError for a document type, UnsupportedXmlError for a comment past 1 MiB or one that never ends, and for
    anything but UTF-8.
    """
    held = b""
    for chunk in chunks:
        if _NOTHING in chunk:
            raise UnsupportedXmlError("文件内部不是 UTF-8 编码。请用 Excel 打开后另存为 .xlsx 再试。", part)
        data = held + chunk if held else chunk
        if b"!" not in data and b"?" not in data and not data.endswith(b"<"):
            held = b""
            yield data
            continue
        done, held = _mask(data, part)
        if len(held) > _MAX_HELD:
            raise UnsupportedXmlError("文件内部的注释异常庞大。请用 Excel 打开后另存为 .xlsx 再试。", part)
        if done:
            yield done
    if held:
        raise UnsupportedXmlError(f"文件内部结构有误或已损坏。{MEND}", part)


def unmasked(text: bytes) -> bytes:
    """The characters that the mask hid, as they were typed; entities must have been resolved before."""
    return text.replace(b"\0", b"").replace(b"\1", b"<").replace(b"\2", b"&")


def _mask(data: bytes, part: str) -> tuple[bytes, bytes]:
    """The masked bytes, and the rest that must wait for more."""
    done: list[bytes] = []
    at = 0
    while opening := _OPENING.search(data, at):
        start = opening.start()
        done.append(data[at:start])
        head = data[start : start + _LONGEST]
        if head.startswith(b"<?"):
            finish = b"?>"
        elif head.startswith(_COMMENT):
            finish = b"-->"
        elif head == _CDATA:
            finish = b"]]>"
        elif _COMMENT.startswith(head) or _CDATA.startswith(head):
            return b"".join(done), data[start:]
        else:
            refuse_entities(part)
        inside = start + (2 if finish == b"?>" else 4 if finish == b"-->" else 9)
        end = data.find(finish, inside)
        if end < 0:
            return b"".join(done), data[start:]
        if finish == b"?>":
            check_encoding(data[start:end], part)
        if finish == b"]]>":
            done.append(_NOTHING * _LONGEST + data[inside:end].translate(_HIDE) + _NOTHING * 3)
        else:
            done.append(_NOTHING * (end + len(finish) - start))
        at = end + len(finish)
    keep = len(data) - 1 if data.endswith(b"<") else len(data)
    done.append(data[at:keep])
    return b"".join(done), data[keep:]
