"""Random sheets and patches, against a slow and plain reference that shares no code with the patch."""

import zipfile
from copy import deepcopy
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.ledger.patching.codec import Codec
from engine.ledger.patching.patch import PatchOptions, patch_into
from engine.ledger.patching.refusals import NoRoomError
from engine.ledger.patching.splice import Edit, splice
from tests.ledger.patch_random import Spelling, letters, patches, render, sheets, spellings
from tests.ledger.patch_reference import NoRoom, PlainSheet, apply, read_plain, telling

SHEET, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
STEPS = (1, 2, 3, 7, 40, 1 << 18)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), sheets(), spellings, st.sampled_from(STEPS), st.sampled_from(["zlib", "isal"]))
def test_the_patch_does_what_the_reference_does(
    data: st.DataObject, sheet: PlainSheet, spelling: Spelling, step: int, library: str
) -> None:
    changes, rows = data.draw(patches(sheet))
    before, strings = render(sheet, spelling)
    options = PatchOptions(Codec("zlib", 6, 1) if library == "zlib" else Codec("isal", 2, 1), step=step)
    expected, target = deepcopy(sheet), BytesIO()
    try:
        applied, appended = apply(expected, changes, rows)
    except NoRoom:
        with pytest.raises(NoRoomError):
            patch_into(before, target, changes, rows, options)
        assert target.getvalue() == b""
        return
    report = patch_into(before, target, changes, rows, options)
    assert (list(report.applied), report.appended) == (applied, appended)
    assert len(report.dropped) == len(changes) - len(applied)
    with zipfile.ZipFile(BytesIO(target.getvalue() or before)) as archive:
        assert archive.testzip() is None
        part, table = archive.read(SHEET), archive.read(TABLE).decode()
    assert read_plain(part, strings) == telling(expected.rows)
    area = f"{letters(sheet.left)}{sheet.top}:{letters(sheet.columns[-1])}{expected.bottom}"
    assert table.upper().count(f'REF="{area}"') == 2
    if not report.parts:
        assert target.getvalue() == b""


@given(st.binary(max_size=60), st.data())
def test_splicing_does_not_depend_on_how_the_stream_is_cut(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edits, whole, at = [], b"", 0
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        new = data.draw(st.binary(max_size=4))
        edits.append(Edit(start, end, new))
        whole += stream[at:start] + new
        at = end
    whole += stream[at:]
    size = data.draw(st.integers(1, 61))
    chunks = [stream[begin : begin + size] for begin in range(0, len(stream), size)]
    assert b"".join(splice(chunks, edits)) == whole


@pytest.mark.parametrize("edits", [[Edit(3, 5, b""), Edit(4, 6, b"")], [Edit(9, 12, b"")], [Edit(11, 11, b"x")]])
def test_wrong_edits_yield_no_stream(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="edit"):
        list(splice([b"0123456789"], edits))
