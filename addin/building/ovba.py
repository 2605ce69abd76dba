"""VBA project streams as MS-OVBA writes them: compressed sources, the ``dir`` stream, the ``PROJECT`` text.

Only what Excel needs to compile the project from its sources is written; there are no compiled caches.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CHUNK = 4096
CODE_PAGE = 1252
# No compiled code: version 0xFFFF makes Excel compile from the sources (MS-OVBA 2.3.4.1).
VBA_PROJECT_STREAM = b"\xcc\x61\xff\xff\x00\x01\x00"
_OFFICE = "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0##Microsoft Office 16.0 Object Library"
# A seed with bits 1 and 2 clear asks for no filler bytes (MS-OVBA 2.4.3.2).
_SEED = 0x58


@dataclass(frozen=True, slots=True)
class Module:
    """One module; ``document`` for those that belong to a workbook or a sheet. The source has CRLF line ends."""

    name: str
    source: str
    document: bool = False


def compress(data: bytes) -> bytes:
    """The compressed container of MS-OVBA 2.4.1."""
    return b"\x01" + b"".join(_chunk(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))


def _chunk(data: bytes) -> bytes:
    tokens = _tokens(data)
    if len(tokens) > CHUNK:
        return struct.pack("<H", 0x3FFF) + data.ljust(CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(tokens) - 1)) + tokens


def _tokens(data: bytes) -> bytes:
    """Groups of a flag byte and eight tokens: a literal byte, or offset and length of an earlier run."""
    out, group, flags, count = bytearray(), bytearray(), 0, 0
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(data):
        offset_bits = max(4, (at - 1).bit_length()) if at else 4
        start, length = _longest(data, at, seen, 3 + (0xFFFF >> offset_bits))
        step = length or 1
        if length:
            flags |= 1 << count
            group += struct.pack("<H", (at - start - 1) << (16 - offset_bits) | (length - 3))
        else:
            group.append(data[at])
        for position in range(at, at + step):
            seen.setdefault(data[position : position + 3], []).append(position)
        at += step
        count += 1
        if count == 8 or at == len(data):
            out.append(flags)
            out += group
            group, flags, count = bytearray(), 0, 0
    return bytes(out)


def _longest(data: bytes, at: int, seen: dict[bytes, list[int]], limit: int) -> tuple[int, int]:
    """Start and length of the longest earlier run of 3 bytes and more that continues here; length 0 for none."""
    best, best_length = 0, 0
    if at + 3 > len(data):
        return best, best_length
    for start in reversed(seen.get(data[at : at + 3], ())):
        length = 3
        while length < limit and at + length < len(data) and data[start + length] == data[at + length]:
            length += 1
        if length > best_length:
            best, best_length = start, length
    return best, best_length


def dir_stream(project: str, modules: Sequence[Module]) -> bytes:
    """The uncompressed ``dir`` stream (MS-OVBA 2.3.4.2): what the project is, refers to, and consists of."""
    records = [
        _record(0x01, struct.pack("<I", 1)),
        _record(0x02, struct.pack("<I", 0x409)),
        _record(0x14, struct.pack("<I", 0x409)),
        _record(0x03, struct.pack("<H", CODE_PAGE)),
        _record(0x04, project.encode("ascii")),
        _record(0x05, b"") + _record(0x40, b""),
        _record(0x06, b"") + _record(0x3D, b""),
        _record(0x07, struct.pack("<I", 0)),
        _record(0x08, struct.pack("<I", 0)),
        struct.pack("<HIIH", 0x09, 4, 1, 1),
        _record(0x0C, b"") + _record(0x3C, b""),
        _named(0x16, 0x3E, "Office"),
        _record(0x0D, struct.pack("<I", len(_OFFICE)) + _OFFICE.encode("ascii") + bytes(6)),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, b"\xff\xff"),
    ]
    return b"".join(records) + b"".join(map(_module_records, modules)) + _record(0x10, b"")


def _module_records(module: Module) -> bytes:
    kind = 0x22 if module.document else 0x21
    return b"".join(
        (
            _named(0x19, 0x47, module.name),
            _named(0x1A, 0x32, module.name),
            _record(0x1C, b"") + _record(0x48, b""),
            _record(0x31, struct.pack("<I", 0)),
            _record(0x1E, struct.pack("<I", 0)),
            _record(0x2C, b"\xff\xff"),
            _record(kind, b""),
            _record(0x2B, b""),
        )
    )


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HI", kind, len(data)) + data


def _named(kind: int, unicode_kind: int, name: str) -> bytes:
    return _record(kind, name.encode("ascii")) + _record(unicode_kind, name.encode("utf-16-le"))


def project_stream(project: str, guid: str, modules: Sequence[Module]) -> bytes:
    """The ``PROJECT`` text (MS-OVBA 2.3.1): modules, name, and the protection fields of an unprotected project."""
    lines = [f'ID="{guid}"']
    lines += [f"Document={m.name}/&H00000000" if m.document else f"Module={m.name}" for m in modules]
    lines += [
        f'Name="{project}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{protect(guid, bytes(4))}"',
        f'DPB="{protect(guid, bytes(1))}"',
        f'GC="{protect(guid, bytes([0xFF]))}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
    ]
    lines += [f"{module.name}=0, 0, 0, 0, C" for module in modules]
    return "\r\n".join([*lines, ""]).encode("ascii")


def project_wm_stream(modules: Sequence[Module]) -> bytes:
    """Module names in both encodings (MS-OVBA 2.3.3)."""
    names = (m.name.encode("ascii") + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(names) + b"\0\0"


def protect(guid: str, data: bytes, seed: int = _SEED, filler: bytes = b"") -> str:
    """The obfuscation of CMG, DPB and GC (MS-OVBA 2.4.3.2) as hexadecimal text."""
    key = sum(guid.encode("ascii")) & 0xFF
    encrypted = [seed ^ 2, seed ^ key]
    plain = key
    for byte in filler + struct.pack("<I", len(data)) + data:
        encrypted.append(byte ^ ((encrypted[-2] + plain) & 0xFF))
        plain = byte
    return bytes([seed, *encrypted]).hex().upper()
