"""A part that is edited in its bytes: elements with their spans, and edits that leave every other byte as it was."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pyexpat import ParserCreate
from xml.sax.saxutils import escape

from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.limits import MOST_DEPTH, MOST_ELEMENTS
from engine.ledger.package.small_xml import check_encoding, feed, refuse_entities, tag_end
from engine.ledger.patching.splice import Edit, splice

_ATTRIBUTE = rb"""(\s)%s\s*=\s*("[^"<]*"|'[^'<]*')"""
_HUGE = "文件内部的结构异常庞大，不像正常的台账，已停止处理。请核对文件来源。"


@dataclass(slots=True)
class XmlNode:
    """One element: ``start`` to ``end`` with its tags, ``inner`` to ``close`` what stands between them. ``name`` and
    the attributes are without their prefixes; ``text`` is its own text.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    inner: int = 0
    close: int = 0
    end: int = 0
    text: str = ""
    children: list["XmlNode"] = field(default_factory=list)

    def walk(self) -> Iterator["XmlNode"]:
        """The element and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()

    def child(self, name: str) -> "XmlNode | None":
        """The first child of this name."""
        return next((child for child in self.children if child.name == name), None)


class XmlDocument:
    """The elements of a part, and what is to become of them. Raises EntityError, UnsupportedXmlError."""

    def __init__(self, data: bytes, part: str) -> None:
        self.data, self.part = data, part
        self.root = _parsed(data, part)
        self.prefix = data[self.root.start + 1 :].partition(self.root.name.encode())[0]
        self._edits: list[Edit] = []
        self._tags: dict[int, dict[str, str | None]] = {}

    def named(self, *names: str) -> list[XmlNode]:
        """All elements of these names, wherever they stand."""
        return [node for node in self.root.walk() if node.name in names]

    def raw(self, node: XmlNode) -> bytes:
        """The element's bytes as they were, with its edits so far left out."""
        return self.data[node.start : node.end]

    def set(self, node: XmlNode, name: str, value: str | None) -> None:
        """Give an attribute without prefix another value, or take it away with ``None``."""
        if node.attributes.get(name) != value:
            self._tags.setdefault(node.start, {})[name] = value

    def set_text(self, node: XmlNode, text: str) -> None:
        """Give an element without children another text."""
        if text != node.text:
            self._edits.append(Edit(node.inner, node.close, escape(text).encode()))

    def replace(self, node: XmlNode, content: bytes) -> None:
        """Put other bytes in the place of an element with all below it."""
        if content != self.raw(node):
            self._edits.append(Edit(node.start, node.end, content))

    def insert(self, at: int, content: bytes) -> None:
        """Put bytes before the byte at ``at``."""
        self._edits.append(Edit(at, at, content))

    def element(self, name: str, attributes: Mapping[str, str], content: bytes | None = None) -> bytes:
        """An element of the root's own namespace as bytes."""
        tag = self.prefix + name.encode()
        stated = "".join(f' {key}="{escape(value, _QUOTE)}"' for key, value in attributes.items()).encode()
        return b"<%b%b/>" % (tag, stated) if content is None else b"<%b%b>%b</%b>" % (tag, stated, content, tag)

    def result(self) -> bytes:
        """The part with all edits made."""
        tags = [self._tag(start, changed) for start, changed in self._tags.items()]
        return b"".join(splice((self.data,), sorted([*tags, *self._edits], key=lambda edit: edit[:2])))

    def _tag(self, start: int, changed: Mapping[str, str | None]) -> Edit:
        end = tag_end(self.data, start, self.part)
        return Edit(start, end, with_attributes(self.data[start:end], changed))


_QUOTE = {'"': "&quot;"}


def with_attributes(tag: bytes, changed: Mapping[str, str | None]) -> bytes:
    """A start tag with these attributes set, or taken away for ``None``; the others as they were."""
    for name, value in changed.items():
        stated = b"" if value is None else b'%b="%b"' % (name.encode(), escape(value, _QUOTE).encode())
        found = re.search(_ATTRIBUTE % re.escape(name).encode(), tag)
        if found:
            tag = tag[: found.start()] + (found[1] + stated if stated else b"") + tag[found.end() :]
        elif stated:
            close = b"/>" if tag.endswith(b"/>") else b">"
            tag = tag[: -len(close)].rstrip() + b" " + stated + close
    return tag


def _parsed(data: bytes, part: str) -> XmlNode:
    check_encoding(data, part)
    parser = ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    open_nodes = [XmlNode("", {}, 0)]
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(open_nodes) > MOST_DEPTH or count > MOST_ELEMENTS:
            raise UnsupportedXmlError(_HUGE, part)
        at = parser.CurrentByteIndex
        local = {key.rpartition("\n")[2]: value for key, value in attributes.items()}
        node = XmlNode(name.rpartition("\n")[2], local, at, tag_end(data, at, part))
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_: str) -> None:
        node = open_nodes.pop()
        node.close = parser.CurrentByteIndex
        if data[node.inner - 2 : node.inner] == b"/>":
            node.close = node.end = node.inner
        else:
            node.end = data.index(b">", node.close) + 1

    def text(content: str) -> None:
        open_nodes[-1].text += content

    def doctype(*_: object) -> None:
        refuse_entities(part)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    feed(parser, data, part, final=True)
    return open_nodes[0].children[0]
