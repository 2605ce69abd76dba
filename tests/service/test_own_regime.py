"""A ledger under a regime of its own: taken into use by a person, held when its file changes (SZ1-25)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine.ledger.headings.board_sheets import WAITING
from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.ledger import read_ledger
from engine.policy.governing import policy_of_matter
from engine.policy.loading import PolicyError
from engine.service.doctor import examine
from engine.service.new_year import new_year
from engine.service.scheduler import Service
from engine.service.service_status import LedgerStatus
from engine.service.taking_into_use import TakenIntoUse, take_into_use
from tests.service.office import HOUR, T0, ServedOffice, matter_row, write_book

HEADS = 'regime = "尧都"\ntitle = "尧区政办发〔2017〕104号"\nbased_on = "朔州"\nin_force_from = 2017-12-01\n'
FILE = """regime = "尧都"
title = "尧区政办发〔2017〕104号"
based_on = "朔州"
in_force_from = 2017-12-01

[initiation.board_marks]
"重点招商" = { value = "招", clause = "YD1-8" }
[initiation.sources]
"重点招商" = { value = ["区政府常务会议"], clause = "YD1-7" }
[initiation.approvers]
"重点招商" = { value = ["分管副市长", "市长"], clause = "YD1-12" }
"""


def served(office: ServedOffice) -> Path:
    """A ledger of the district with one matter on its own board, and the file beside it."""
    row = matter_row("2026-招-0001", T0, "1天", board="重点招商", source="区政府常务会议", approver_rank="市长")
    write_book(office.book, [row])
    file = office.folder / "制度" / "尧都.toml"
    file.parent.mkdir()
    file.write_text(FILE, encoding="utf-8")
    return file


def use(office: ServedOffice, file: Path) -> TakenIntoUse:
    return take_into_use(office.book, file, office.station, "张三", T0)


def test_a_regime_is_taken_into_use_and_its_ledger_is_served(office: ServedOffice) -> None:
    done = use(office, served(office))
    settings = read_ledger(office.book.read_bytes()).settings
    assert (settings.regime, settings.policy_fingerprint) == ("尧都", done.fingerprint)
    assert (settings.policy_accepted_by, settings.policy_accepted_from) == ("张三", T0)
    office.adopt(start=T0)
    office.pass_at(T0 + 20 * HOUR)
    (matter,) = read_ledger(office.book.read_bytes()).matters
    assert (matter.board, matter.shown.light) == ("重点招商", "黄")
    assert [one.text for one in office.phone() if "2026-招-0001" in one.text]


def test_a_file_that_was_changed_by_hand_holds_the_passes_until_somebody_accepts_it(office: ServedOffice) -> None:
    file = served(office)
    use(office, file)
    office.adopt(start=T0)
    file.write_text(FILE + "# 改了一处\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="制度文件改动过，与启用时不一样，已停发短信"):
        office.pass_at(T0 + 20 * HOUR)
    assert office.phone() == []
    told = [one.said for one in examine(office.station) if not one.ok]
    assert [said for said in told if "制度文件改动过" in said]
    use(office, file)
    office.pass_at(T0 + 20 * HOUR)
    assert office.phone()


def test_a_file_that_nobody_took_into_use_sends_nothing(office: ServedOffice) -> None:
    served(office)
    write_book(office.book, [matter_row("2026-招-0001", T0, "1天")], {"制度方案": "尧都"})
    office.adopt(start=T0)
    with pytest.raises(PolicyError, match="制度文件还没有启用"):
        office.pass_at(T0 + 20 * HOUR)
    assert office.phone() == []


@pytest.mark.parametrize("text", [None, "regime = ", FILE.replace("near", "") + "[bands]\nnear_hours = 3\n"])
def test_a_regime_that_cannot_be_read_sends_nothing_and_says_why(office: ServedOffice, text: str | None) -> None:
    file = served(office)
    use(office, file)
    office.adopt(start=T0)
    if text is None:
        file.unlink()
    else:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match="不发短信"):
        office.pass_at(T0 + 20 * HOUR)
    assert office.phone() == []


OTHER_BANDS = '\n[bands]\nnear_hours = {{ value = {}, clause = "YD1-9" }}\n'
DAY = timedelta(days=1)


def daily(office: ServedOffice, text: str) -> Path:
    """A ledger of two matters, taken in three days apart, and the file of a district beside it."""
    rows = [matter_row(f"2026-日-000{count + 1}", T0 + 3 * count * DAY, "1天") for count in range(2)]
    write_book(office.book, rows)
    file = office.folder / "制度" / "尧都.toml"
    file.parent.mkdir()
    file.write_text(HEADS + text, encoding="utf-8")
    return file


def governed(office: ServedOffice) -> list[tuple[str, int]]:
    """The regime and 临期 hours under which each matter runs."""
    ledger, policies = read_ledger(office.book.read_bytes()), office.station.policies_of(office.book)
    found = [policy_of_matter(matter, ledger, policies, T0 + 9 * DAY) for matter in ledger.matters]
    return [(policy.regime, policy.bands.near_hours) for policy in found]


def test_matters_of_before_run_on_under_the_regime_that_was_in_force(office: ServedOffice) -> None:
    file = daily(office, OTHER_BANDS.format(12))
    take_into_use(office.book, file, office.station, "张三", T0 + DAY)
    assert governed(office) == [("朔州", 24), ("尧都", 12)]


def test_from_the_first_day_on_every_matter_runs_under_the_new_one(office: ServedOffice) -> None:
    file = daily(office, OTHER_BANDS.format(12))
    take_into_use(office.book, file, office.station, "张三", T0)
    assert governed(office) == [("尧都", 12), ("尧都", 12)]


def test_a_file_that_was_mended_governs_from_its_day_and_the_kept_one_before(office: ServedOffice) -> None:
    file = daily(office, OTHER_BANDS.format(12))
    take_into_use(office.book, file, office.station, "张三", T0)
    file.write_text(HEADS + OTHER_BANDS.format(8), encoding="utf-8")
    take_into_use(office.book, file, office.station, "张三", T0 + 2 * DAY)
    assert governed(office) == [("尧都", 12), ("尧都", 8)]
    office.adopt(start=T0)
    office.pass_at(T0 + 20 * HOUR)
    assert office.phone()


def test_accepting_from_the_first_day_again_leaves_nothing_to_the_old_one(office: ServedOffice) -> None:
    file = daily(office, OTHER_BANDS.format(12))
    take_into_use(office.book, file, office.station, "张三", T0)
    file.write_text(HEADS + OTHER_BANDS.format(8), encoding="utf-8")
    take_into_use(office.book, file, office.station, "张三", T0)
    assert governed(office) == [("尧都", 8), ("尧都", 8)]


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_kept_version_that_was_touched_holds_the_passes(office: ServedOffice, harm: str) -> None:
    file = daily(office, OTHER_BANDS.format(12))
    take_into_use(office.book, file, office.station, "张三", T0)
    file.write_text(HEADS + OTHER_BANDS.format(8), encoding="utf-8")
    take_into_use(office.book, file, office.station, "张三", T0 + 2 * DAY)
    office.adopt(start=T0)
    for kept in (office.folder / "制度" / "启用存档").glob("*/*.toml"):
        if harm == "gone":
            kept.unlink()
        else:
            kept.write_text(HEADS + OTHER_BANDS.format(6), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"找不到此前的制度“尧都@\w+”.*启用存档"):
        office.pass_at(T0 + 20 * HOUR)
    assert office.phone() == []


UNREADABLE = {
    "no TOML": ("regime = ", "尧都.toml：制度文件格式有误：第1行"),
    "in GBK": (FILE.encode("gbk"), "制度文件 尧都.toml 第1行不是 UTF-8 编码"),
    "with a fault": (FILE + "[bands]\nnear_hours = 3\n", "尧都.toml 有误：第13行 “bands.near_hours”须写成"),
    "changed by hand": (FILE + "# 改了一处\n", "制度文件改动过，与启用时不一样"),
    "gone": (None, "没有找到制度方案“尧都”"),
}


@pytest.mark.parametrize("named", UNREADABLE)
def test_run_doctor_and_today_say_at_first_glance_why_nothing_is_sent(office: ServedOffice, named: str) -> None:
    file, (content, said) = served(office), UNREADABLE[named]
    use(office, file)
    office.adopt(start=T0)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    shown: list[LedgerStatus] = []
    service = Service(office.station, shown.extend)
    service.poll_all()
    service.report_statuses()
    assert (shown[0].sender, said in shown[0].reason) == ("—", True), shown
    told = [(one.stops, one.said) for one in examine(office.station) if said in one.said]
    assert [stops for stops, _ in told] == [True], told
    assert top_of_today(office).startswith("【已停发短信】")
    assert said in top_of_today(office)
    assert office.phone() == []


def top_of_today(office: ServedOffice) -> str:
    return str(load_workbook(office.book)["今日待办"].cell(WAITING.top, 1).value)


def test_a_ledger_that_is_held_says_so_on_top_of_today_and_clears_it_once_accepted(office: ServedOffice) -> None:
    file = daily(office, OTHER_BANDS.format(12))
    take_into_use(office.book, file, office.station, "张三", T0)
    office.adopt(start=T0)
    file.write_text("regime = ", encoding="utf-8")
    with pytest.raises(PolicyError):
        office.pass_at(T0 + 20 * HOUR)
    assert top_of_today(office).startswith("【已停发短信】")
    held = office.book.read_bytes()
    with pytest.raises(PolicyError):
        office.pass_at(T0 + 21 * HOUR)
    assert office.book.read_bytes() == held
    file.write_text(HEADS + OTHER_BANDS.format(12), encoding="utf-8")
    office.pass_at(T0 + 22 * HOUR)
    assert "停发" not in top_of_today(office)


def test_next_years_book_offers_the_words_of_its_regime(office: ServedOffice) -> None:
    use(office, served(office))
    office.adopt(start=T0)
    new_year(office.book, 2027, office.station, datetime(2027, 1, 1))
    sheet = load_workbook(office.book)[MATTERS.name]
    offered = [one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert '"重点招商"' in offered
    assert not [words for words in offered if words and "日常管理事项" in words]
