"""暂行办法第二十条：办结事项的资料整理归档：台账行、报送、退回、短信及回执、通知、审批、时间线。"""

import csv
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from engine.cli.main import main
from engine.facts.finding import Place
from engine.facts.kinds import FollowUp, ReviewResult, Status
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.papers import archive as archive_module
from engine.papers.archive import Material, archive, rows_of_log
from tests.clauses.builders import NUMBER, NothingSent, at, ledger, matter, policies, report
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced
from tests.clauses.test_close_out import closing
from tests.clauses.test_province import CHILD, PARENT, child, province
from tests.service.office import T0, matter_row, write_book

pytestmark = clause("SZ1-20")

ISSUED = {"notice_number": "朔政督办〔2026〕1号", "notice_issued_at": "2026-03-02 10:00"}
BACK = report(
    "1天",
    "2026-03-02 11:00",
    content="=HYPERLINK(1)",
    result=ReviewResult.SENT_BACK,
    reviewed_at="2026-03-02 12:00",
    return_reason="没有佐证材料",
    follow_up=FollowUp.KEEP_WORKING,
    rectification_due="2026-03-04",
)
SMS = {
    "number": "a1",
    "matter": NUMBER,
    "unit": "市教育局",
    "mobile": "138****8000",
    "due": at("2026-03-02 12:00"),
    "state": "已提交",
    "receipt_at": None,
}


def closed(**changes: object) -> Matter:
    return matter(status=Status.COMPLETED, completed_at="2026-03-04 16:30", **(ISSUED | changes))


def packed(book: Ledger, row: Matter, now: str = "2026-04-01 09:00", log: object = ()) -> bytes:
    return archive(Material(book, log, NothingSent(), {}), row, policies(), at(now))


def tables(content: bytes) -> dict[str, list[list[str]]]:
    with ZipFile(BytesIO(content)) as source:
        return {
            Path(name).stem: list(csv.reader(StringIO(source.read(name).decode("utf-8-sig"))))
            for name in source.namelist()
            if name.endswith(".csv")
        }


def whole() -> tuple[Ledger, Matter]:
    row = closed()
    return ledger(row, matter(number=CHILD, place=Place("matters", 6)), BACK, closing()), row


def test_一个文件夹_各类资料齐全_别的事项不在其中() -> None:
    found = tables(packed(*whole(), log=[SMS]))
    assert set(found) == {"督办台账", "反馈记录", "延期申请", "办结审核", "督办记录", "短信记录", "时间线"}
    cells = dict(found["督办台账"])
    assert (cells["事项编号"], cells["牵头单位"], cells["立项审批人"], cells["状态"]) == (
        NUMBER,
        "市教育局",
        "钱某",
        "已办结",
    )
    assert "预警灯" not in cells
    assert len(found["反馈记录"]) == len(found["办结审核"]) == len(found["短信记录"]) == 2
    reported = dict(zip(*found["反馈记录"], strict=True))
    assert (reported["报送单位"], reported["退回原因"], reported["整改期限"]) == (
        "市教育局",
        "没有佐证材料",
        "2026-03-04",
    )
    approved = dict(zip(*found["办结审核"], strict=True))
    assert (approved["审定人"], approved["审定人职务"], approved["审定时间"]) == (
        "孙某",
        "分管副市长",
        "2026-03-04 16:00",
    )


def test_时间线_按时间排列_有期限_有短信_有条款() -> None:
    found = tables(packed(*whole()))["时间线"][1:]
    assert [line[0] for line in found] == sorted(line[0] for line in found)
    told = [(line[0], line[1], line[3], line[4]) for line in found]
    assert ("2026-03-02 12:00", "退回", "SZ1-13.3", "") in told
    assert ("2026-03-03 09:30", "期限", "SZ1-13.1", "按时报送") in told
    assert ("2026-03-04 16:00", "审定", "SZ1-18", "") in told
    assert ("2026-03-04 16:00", "短信：办结通知", "SZ1-19", "待发") in told
    assert not [line for line in found if line[4].startswith(("已取消", "未到"))]
    assert len({tuple(line) for line in found}) == len(found)


def test_同样的事实_同样的字节_与何时归档无关() -> None:
    book, row = whole()
    once = packed(book, row, now="2026-04-01 09:00")
    assert packed(book, row, now="2031-01-01 09:00") == once
    other = closed(note="补记")
    assert packed(ledger(other, BACK, closing()), other) != once
    with ZipFile(BytesIO(once)) as source:
        assert {one.date_time for one in source.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert source.namelist() == sorted(source.namelist())
        assert {name.split("/")[0] for name in source.namelist()} == {NUMBER}


def test_下发过的带上通知_没下发的没有() -> None:
    with ZipFile(BytesIO(packed(*whole()))) as source:
        notice = source.read(f"{NUMBER}/办理通知.docx")
    assert notice.startswith(b"PK")
    unissued = closed(notice_number="", notice_issued_at=None)
    with ZipFile(BytesIO(packed(ledger(unissued), unissued))) as source:
        assert not [name for name in source.namelist() if name.endswith(".docx")]


def test_上级事项带上下级清单() -> None:
    parent = province(status=Status.COMPLETED, completed_at="2026-03-16 09:00")
    done = child(status=Status.COMPLETED, completed_at="2026-03-15 09:00")
    found = tables(packed(ledger(parent, done), parent))
    assert [line[0] for line in found["下级事项"]] == ["事项编号", CHILD]
    assert dict(found["督办台账"])["事项编号"] == PARENT
    assert "下级事项" not in tables(packed(*whole()))


def test_像公式的文字仍是文字() -> None:
    reported = dict(zip(*tables(packed(*whole()))["反馈记录"], strict=True))
    assert reported["报送内容"] == "'=HYPERLINK(1)"


def test_短信回执以日志为准_台账有而日志没有的也在() -> None:
    delivered = SMS | {"state": "已送达", "receipt_at": at("2026-03-02 12:01")}
    earlier = SMS | {"number": "a0", "due": at("2026-03-02 10:00")}
    stranger = SMS | {"number": "a2", "matter": CHILD}
    found = rows_of_log([SMS, earlier, stranger], [delivered], NUMBER)
    assert [(row["number"], row["state"]) for row in found] == [("a0", "已提交"), ("a1", "已送达")]
    row = tables(packed(*whole(), log=found))["短信记录"][2]
    assert {"已送达", "2026-03-02 12:01", "138****8000"} <= set(row)


# ---- duban archive ----


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., object]:
    monkeypatch.chdir(tmp_path)
    Path("duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    due = T0 + timedelta(days=1)
    row = matter_row(NUMBER, limit="1天", node_1_day=due, completion_due=due, status="办理中")
    write_book(tmp_path / "台账.xlsx", [row])

    def command(*arguments: object, code: int = 0) -> object:
        assert main([str(argument) for argument in arguments]) == code
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return json.loads(out) if "--json" in arguments else out + err

    return command


def test_命令_归档在台账旁边_短信和掩码号码在里面(run: Callable[..., object]) -> None:
    run("adopt", "台账.xlsx", "--from", "2026-03-02T09:30", "--json")
    run("pass", "台账.xlsx", "--at", f"{datetime(2026, 3, 3, 4, 30):%Y-%m-%dT%H:%M}", "--json")
    made = run("archive", "台账.xlsx", NUMBER, "--json")
    path = Path(made["path"])
    assert (made["matter"], made["ended"], path) == (NUMBER, False, Path("归档") / f"{NUMBER}.zip")
    lines = tables(path.read_bytes())["短信记录"]
    first = dict(zip(lines[0], lines[1], strict=True))
    assert (first["事项编号"], first["类型"], first["单位"]) == (NUMBER, "提醒", "市教育局")
    assert "****" in first["手机"]
    assert "还没有销号" in run("archive", "台账.xlsx", NUMBER)


def test_命令_放到指定的文件夹_没有的编号说明白(run: Callable[..., object], tmp_path: Path) -> None:
    made = run("archive", "台账.xlsx", NUMBER, "--to", tmp_path / "档案", "--json")
    assert Path(made["path"]).parent == tmp_path / "档案"
    assert sorted(path.name for path in (tmp_path / "档案").iterdir()) == [f"{NUMBER}.zip"]
    assert "没有事项" in run("archive", "台账.xlsx", "2026-日-0009", code=2)
    (tmp_path / "占用").write_text("", encoding="utf-8")
    assert "写不了" in run("archive", "台账.xlsx", NUMBER, "--to", tmp_path / "占用", code=2)


@pytest.mark.parametrize(
    ("changes", "papers"),
    [({}, {"签批卡片.docx"}), ({"content": ""}, set())],
    ids=["有签批卡片", "要素不全的没有卡片_其余照归"],
)
def test_省政府交办的_连同签批卡片(changes: dict[str, object], papers: set[str]) -> None:
    row = province(status=Status.COMPLETED, completed_at="2026-03-19 16:30", **changes)
    content = packed(ledger(row), row)
    names = {Path(name).name for name in ZipFile(BytesIO(content)).namelist()}
    assert {name for name in names if name.endswith(".docx")} == papers
    assert "反馈记录.csv" in names
    assert packed(ledger(row), row, now="2026-12-01 09:00") == content


MUTANTS = (
    replaced("SZ1-20", archive_module, "RECORDS", ()),
    replaced("SZ1-20", archive_module, "_timeline", lambda material, matter, policies, now: []),
    replaced("SZ1-20", archive_module, "_BUILT_AT", (1990, 1, 1, 0, 0, 0)),
)
