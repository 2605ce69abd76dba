"""The desk's presses on a saved file: what happens when it is open, saved meanwhile, or the disk fails."""

import json
import shutil
from pathlib import Path

import pytest

from addin.button import ButtonContext
from addin.closed_book import ChosenRow
from addin.desk_window.kept_forms import FOLDER, DamagedKeptForms
from engine.ledger.file.owner_files import owner_files
from engine.ledger.headings.columns import CHECK_RESULTS, OPERATIONS
from engine.ledger.reading.ledger import read_rows
from tests.addin.button_cases import ONE
from tests.addin.desk_people import FailingDisk, InterruptedClerk, note_by_a_colleague, presses_on, reports_of
from tests.addin.pressing import Clerk
from tests.addin.session_adapters import facts

OTHER = "2026-日-0012"
CHOSEN = [ChosenRow(0, ONE, "")]
ANSWERS = {"content": "已完成初稿", "node": "1天"}


def opened_by_a_colleague(path: Path) -> Path:
    """LibreOffice's owner file; to be removed when the book is closed."""
    owner = owner_files(path)["LibreOffice"]
    owner.write_text(",王芳,pc-7,26.11.2026 09:10,file;", encoding="utf-8")
    return owner


def test_what_is_typed_while_the_book_is_open_is_kept_and_written_when_it_closes(path: Path, person: Clerk) -> None:
    presses, owner, before = presses_on(path, person), opened_by_a_colleague(path), path.read_bytes()
    person.answers = ANSWERS
    presses.press("register_report", "登记反馈", CHOSEN)
    assert "王芳（LibreOffice" in person.told[-1]
    assert "待同步" in person.told[-1]
    assert path.read_bytes() == before
    assert [str(form) for form in presses.kept()] == [f"登记反馈（{ONE}）"]
    assert presses.write_kept() == []
    owner.unlink()
    assert presses.write_kept() == [f"待同步的登记反馈（{ONE}）已写入台账。"]
    assert reports_of(path, ONE)[-1] == "已完成初稿"
    assert len(person.asked) == 1
    assert presses.kept() == ()
    assert not list((ButtonContext.settings_folder / FOLDER).iterdir())


def test_what_waits_for_a_book_is_not_written_into_a_copy_of_it(path: Path, person: Clerk) -> None:
    presses, owner = presses_on(path, person), opened_by_a_colleague(path)
    person.answers = ANSWERS
    presses.press("register_report", "登记反馈", CHOSEN)
    owner.unlink()
    copy = Path(shutil.copy(path, path.with_name("督办台账 - 副本.xlsx")))
    assert presses_on(copy, person).kept() == ()
    linked = path.parent / "另一处"
    linked.symlink_to(path.parent, target_is_directory=True)
    assert len(presses_on(linked / path.name, person).kept()) == 1


def test_two_that_wait_get_numbers_of_their_own(path: Path, person: Clerk) -> None:
    presses, owner = presses_on(path, person), opened_by_a_colleague(path)
    for text in ("第一次", "第二次"):
        person.answers = {**ANSWERS, "content": text}
        presses.press("register_report", "登记反馈", CHOSEN)
    owner.unlink()
    assert len(presses.write_kept()) == 2
    assert reports_of(path, ONE)[-2:] == ["第一次", "第二次"]
    assert len({row["number"] for row in read_rows(path.read_bytes(), OPERATIONS.key)}) == 2


def test_a_form_that_no_longer_fits_stays_with_its_reason_until_a_person_decides(path: Path, person: Clerk) -> None:
    presses, owner = presses_on(path, person), opened_by_a_colleague(path)
    person.answers = {"return_reason": "数据不实", "rectification_due": "2026-12-01"}
    presses.press("send_back", "退回", [ChosenRow(0, "2026-日-0013", "")])
    owner.unlink()
    person.answers = {"return_reason": "没有附件", "rectification_due": "2026-12-01"}
    while "没有可退回的反馈" not in person.told[-1]:  # a colleague returns every report of the matter
        presses.press("send_back", "退回", [ChosenRow(0, "2026-日-0013", "")])
    before = path.read_bytes()
    assert "没有可退回的反馈" in presses.write_kept()[0]
    assert presses.write_kept() == []
    (kept,) = presses.kept()
    assert kept.fault
    presses.retry(kept)
    assert len(presses.write_kept()) == 1
    presses.discard(presses.kept()[0])
    assert presses.kept() == ()
    assert path.read_bytes() == before


def test_a_save_that_comes_in_between_begins_the_press_anew_and_asks_nothing_twice(path: Path, person: Clerk) -> None:
    clerk = InterruptedClerk(lambda: note_by_a_colleague(path, OTHER, "同事刚写的"))
    clerk.answers = ANSWERS
    presses_on(path, clerk).press("register_report", "登记反馈", CHOSEN)
    assert clerk.asked == ["登记反馈"]
    assert "已登记1条" in clerk.told[-1]
    assert reports_of(path, ONE).count("已完成初稿") == 1
    assert next(one.note for one in facts(path).matters if one.number == OTHER) == "同事刚写的"
    assert not [name.name for name in path.parent.iterdir() if name.name.startswith(".~duban")]


def test_what_a_full_disk_does_not_take_is_kept(path: Path, person: Clerk) -> None:
    disk, before = FailingDisk("create"), path.read_bytes()
    presses = presses_on(path, person, disk)
    person.answers = ANSWERS
    presses.press("register_report", "登记反馈", CHOSEN)
    assert "磁盘空间不足" in person.told[-1]
    assert path.read_bytes() == before
    disk.mend()
    assert len(presses.write_kept()) == 1
    assert reports_of(path, ONE).count("已完成初稿") == 1


def test_a_disk_that_fails_after_the_swap_makes_nothing_twice(path: Path, person: Clerk) -> None:
    person.answers = ANSWERS
    presses = presses_on(path, person, FailingDisk("sync_folder"))
    presses.press("register_report", "登记反馈", CHOSEN)
    assert "已登记1条" in person.told[-1]
    assert reports_of(path, ONE).count("已完成初稿") == 1
    assert presses.kept() == ()


def test_a_button_without_a_form_keeps_nothing_and_says_to_wait(path: Path, person: Clerk) -> None:
    presses, before = presses_on(path, person), path.read_bytes()
    opened_by_a_colleague(path)
    presses.press("stamp_matters", "编号盖时限", [])
    assert person.told[-1].endswith("请等台账关闭后再点“编号盖时限”。")
    front = presses.press("check_ledger", "校验", [])
    assert front is not None
    assert front.columns is CHECK_RESULTS
    assert len(presses.rows_of(CHECK_RESULTS)[1]) > 10
    assert presses.kept() == ()
    assert path.read_bytes() == before


def test_kept_forms_that_are_damaged_are_put_aside(path: Path, person: Clerk) -> None:
    presses = presses_on(path, person)
    opened_by_a_colleague(path)
    person.answers = ANSWERS
    presses.press("register_report", "登记反馈", CHOSEN)
    (file,) = (ButtonContext.settings_folder / FOLDER).iterdir()
    assert file.stat().st_mode & 0o077 == 0
    file.write_text(json.dumps({"forms": []}), encoding="utf-8")
    with pytest.raises(DamagedKeptForms, match=r"损坏\.json"):
        presses.kept()
    assert presses.kept() == ()
