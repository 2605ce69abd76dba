"""``duban sheet --paper``: the 督查单 of a regime of one's own; an issue replaces no earlier one, a draft no issue."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.policy.districts import THREE_COLOURS
from tests.service.office import T0, matter_row, write_book

Duban = Callable[..., tuple[int, str, str]]
NUMBER, BLUE = "2026-督-0001", "蓝色督查单"


def act(days: int, **changes: object) -> dict[str, object]:
    at = T0 + timedelta(days=days)
    given = {"approver": "孙某", "approver_rank": "市长", "approved_at": at, "outcome": "请开工"}
    return {"matter": NUMBER, "at": at, "method": BLUE, **given, **changes}


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    Path("三色.toml").write_text(THREE_COLOURS, encoding="utf-8")
    return tmp_path


def in_use(duban: Duban, *acts: dict[str, object]) -> None:
    given = {"board": "督查事项", "source": "领导批示", "approver_rank": "市长"}
    write_book(Path("台账.xlsx"), [matter_row(NUMBER, limit="10天", **given)], supervisions=[*acts])
    assert duban("policy", "use", "台账.xlsx", "三色.toml", "--by", "张三", "--from", "2026-03-01T00:00")[0] == 0


def made() -> list[str]:
    return sorted(file.name for file in Path(BLUE).glob("*"))


def test_a_draft_then_the_first_and_the_second_issue_stand_beside_each_other(district: Path, duban: Duban) -> None:
    sheet = ("sheet", "台账.xlsx", NUMBER, "--paper", BLUE, "--at", "2026-03-20T10:00")
    in_use(duban)
    assert duban(*sheet)[0] == 0
    in_use(duban, act(1))
    assert duban(*sheet, "--number", "三政督〔2026〕1号")[0] == 0
    in_use(duban, act(1), act(8))
    assert duban(*sheet)[0] == 0
    assert made() == [f"{BLUE} {NUMBER} 第2次.docx", f"{BLUE} {NUMBER} 草稿.docx", f"{BLUE} {NUMBER}.docx"]


def test_a_second_one_that_is_only_asked_for_is_a_draft_without_number(district: Path, duban: Duban) -> None:
    in_use(duban, act(1), act(8, approver="", approver_rank="", approved_at=None))
    sheet = ("sheet", "台账.xlsx", NUMBER, "--paper", BLUE, "--at", "2026-03-20T10:00")
    assert duban(*sheet)[0] == 0
    assert made() == [f"{BLUE} {NUMBER} 草稿.docx"]
    code, out, err = duban(*sheet, "--number", "三政督〔2026〕2号")
    assert code == 2
    assert "还没有批准的记录，不能编号" in out + err
