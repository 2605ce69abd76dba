"""sms-kit, sms-proof and the life of an SMS in explain and the archive."""

import csv
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest

from engine.board.sheets import replies_shown
from engine.board.waiting import UnreadReply
from engine.ledger.reading.ledger import read_ledger
from engine.papers.message_life import LIFE_HEADINGS, certificate_docx
from engine.policy.loading import shipped_policies
from engine.service.board_page import unread_replies
from engine.service.sms_kit import Kit, KitTemplate, KitVariable, check_kit, kit, toml_of
from engine.service.sms_lives import lives_of
from sms.gateways.protocol import Reply
from sms.inbound import ReplyMeaning
from sms.store import transitions
from sms.store.model import State
from tests.service.office import DAY, HOUR, LEDGER_ID, T0, ServedOffice, matter_row, write_book
from tests.sms.spellings import holds_number

BEFORE = T0 + DAY - 5 * HOUR


@pytest.fixture
def told(tmp_path: Path) -> ServedOffice:
    """One reminder sent, delivered and acknowledged."""
    office = ServedOffice(tmp_path / "office")
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(BEFORE)
    outbox, later = office.station.outbox, BEFORE + HOUR
    outbox.collect_receipts(LEDGER_ID, lambda: later, office.station.gateways)
    mobile = office.phone()[0].mobile
    outbox.record_replies("local", [Reply("r1", mobile, "收到", BEFORE + timedelta(minutes=9))], later)
    return office


def test_the_life_of_a_message_has_every_step_with_its_time(told: ServedOffice) -> None:
    (life,) = lives_of(told.station.outbox, LEDGER_ID, "2026-日-0001")
    assert (life.owed_at, life.claimed_at, life.state) == (BEFORE, BEFORE, "已送达")
    assert life.submitted_at == life.accepted_at == BEFORE
    assert (life.receipt_at, life.acknowledged_at) == (BEFORE, BEFORE + timedelta(minutes=9))
    assert (life.mobile, life.clause) == ("199****0001", "SZ1-13.1")
    assert (life.gateway, life.ref, life.acknowledged_by, life.reply) == ("local", "1", "199****0001", "收到")
    assert (life.claimed_by, life.submitted_by, life.handled) == (told.station.host, told.station.host, [])
    assert len(life.cells()) == len(LIFE_HEADINGS)


def test_two_replies_of_one_moment_show_the_message_once(told: ServedOffice) -> None:
    outbox, mobile, at = told.station.outbox, told.phone()[0].mobile, BEFORE + timedelta(minutes=9)
    outbox.record_replies("local", [Reply("r9", mobile, "1", at)], BEFORE + HOUR)
    assert len(lives_of(outbox, LEDGER_ID, "2026-日-0001")) == 1


def test_the_certificate_says_what_went_to_whom_when_and_by_which_clause(told: ServedOffice) -> None:
    facts = read_ledger(told.book.read_bytes())
    lives = lives_of(told.station.outbox, LEDGER_ID, "2026-日-0001")
    page = docx.Document(BytesIO(certificate_docx(facts.matters[0], lives, facts.settings, BEFORE + DAY)))
    words = "\n".join([*(one.text for one in page.paragraphs), *(c.text for r in page.tables[0].rows for c in r.cells)])
    for part in (
        "短信回执证明",
        "2026-日-0001",
        "市教育局",
        "199****0001",
        "已送达",
        "签收",
        "SZ1-13.1",
        "已送达1次",
        "local",
        "回复“收到”",
    ):
        assert part in words
    assert not holds_number(words)


def test_who_settled_an_sms_in_doubt_stands_on_the_certificate_in_explain_and_in_the_archive(
    told: ServedOffice, monkeypatch: pytest.MonkeyPatch, answer, duban
) -> None:
    outbox, facts = told.station.outbox, read_ledger(told.book.read_bytes())
    message = next(outbox.messages(LEDGER_ID, State.DELIVERED))
    with outbox.store.write() as connection:
        transitions.move(connection, message, State.NEEDS_HUMAN, BEFORE + HOUR)
    outbox.resolve(message.id, BEFORE + 2 * HOUR, sent=True, by="张某（duty@值班机）")
    (life,) = lives_of(outbox, LEDGER_ID, "2026-日-0001")
    page = docx.Document(BytesIO(certificate_docx(facts.matters[0], [life], facts.settings, BEFORE + DAY)))
    words = "\n".join(cell.text for row in page.tables[0].rows for cell in row.cells)
    assert "张某（duty@值班机）确认已发出" in words
    assert told.station.host in words
    told.station.close()
    monkeypatch.chdir(told.folder)
    (told.folder / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    code, shown, _ = duban("explain", "台账.xlsx", "2026-日-0001", "--config", "duban.toml")
    assert code == 0
    for step in ("03-03 04:30 记入待发", "03-03 04:30 提交 local", "199****0001 回复", "2026-03-03 06:30 张某"):
        assert step in shown
    packed = answer("archive", "台账.xlsx", "2026-日-0001", "--config", "duban.toml")
    with zipfile.ZipFile(packed["path"]) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("短信经过.csv")]
        rows = [*csv.DictReader(archive.read(name).decode("utf-8-sig").splitlines())]
    assert [row["人工处理"].endswith("张某（duty@值班机）确认已发出") for row in rows] == [True]
    assert rows[0]["记入的电脑"] == rows[0]["提交的电脑"] != ""


def test_the_book_shows_the_acknowledgement_after_the_next_pass(told: ServedOffice) -> None:
    told.pass_at(BEFORE + 2 * HOUR)
    book = told.station.book(told.book)
    book.read()
    (row,) = [row for row in book.message_log() if row["node"] != "晨报"]
    assert row["acknowledged_at"] == BEFORE + timedelta(minutes=9)


def test_the_matter_shows_when_its_sms_was_last_acknowledged(told: ServedOffice) -> None:
    """In 督办台账 after the next pass, and never earlier than before."""
    outbox, mobile, at = told.station.outbox, told.phone()[0].mobile, BEFORE + timedelta(minutes=9)

    def shown() -> object:
        return told.station.book(told.book).read().ledger.matters[0].shown.acknowledged_at

    assert shown() is None
    told.pass_at(BEFORE + 2 * HOUR)
    assert shown() == at
    outbox.record_replies("local", [Reply("r7", mobile, "1", at - timedelta(minutes=2))], BEFORE + 3 * HOUR)
    told.pass_at(BEFORE + 3 * HOUR)
    assert shown() == at


def shown_in_today(told: ServedOffice) -> list[UnreadReply]:
    book = told.station.book(told.book)
    book.read()
    return replies_shown(book.forms["today"])


def test_a_reply_that_no_rule_understands_stands_in_today_until_it_is_read(told: ServedOffice) -> None:
    outbox, mobile = told.station.outbox, told.phone()[0].mobile
    hostile = Reply("r2", mobile, "=1+1 \u202e不是我们单位，请找13900139000，" + "长" * 50, BEFORE + HOUR)
    outbox.record_replies("local", [hostile], BEFORE + HOUR)
    (unread,) = unread_replies(outbox, LEDGER_ID)
    assert unread_replies(outbox, "别的台账") == []
    assert "不是我们单位，请找139****9000，" in unread.what
    assert "\u202e" not in unread.what
    assert len(unread.what) < 80
    told.pass_at(BEFORE + 2 * HOUR)
    assert shown_in_today(told) == [unread]
    (kept,) = outbox.replies(ReplyMeaning.TO_READ)
    outbox.mark_reply_read(kept.id, BEFORE + 2 * HOUR)
    told.pass_at(BEFORE + 3 * HOUR)
    assert shown_in_today(told) == []


def test_commands_write_proof_kit_and_archive(told: ServedOffice, monkeypatch: pytest.MonkeyPatch, answer) -> None:
    told.station.close()
    monkeypatch.chdir(told.folder)
    (told.folder / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    answer("sms-proof", "台账.xlsx", "2026-日-0001", "--config", "duban.toml")
    assert (told.folder / "短信回执证明" / "2026-日-0001.docx").is_file()
    written = answer("sms-kit", "write", "台账.xlsx", "--config", "duban.toml")
    assert all(Path(path).is_file() for path in written["files"])
    found = answer("explain", "台账.xlsx", "2026-日-0001", "--config", "duban.toml")
    assert [one["state"] for one in found["sms"]] == ["已送达"]
    packed = answer("archive", "台账.xlsx", "2026-日-0001", "--config", "duban.toml")
    names = zipfile.ZipFile(packed["path"]).namelist()
    assert any(name.endswith("短信经过.csv") for name in names)


def test_the_kit_lists_every_wording_with_its_longest_values(told: ServedOffice) -> None:
    facts = read_ledger(told.book.read_bytes())
    found = kit(facts, shipped_policies(), T0)
    reminder = next(one for one in found.templates if one.name == "到期提醒")
    assert reminder.used > 0
    assert reminder.of_aliyun().startswith("您单位承办的${number}号“${node}”节点")
    assert reminder.of_tencent().startswith("您单位承办的{1}号“{2}”节点")
    assert [one.word for one in reminder.variables] == ["number", "node", "due", "token"]
    assert {one.name for one in found.templates} >= {"测试", "晨报", "汇总", "催办"}
    assert "'催办' = { code = 'SMS_填模板编号'" in toml_of(found)


def _kit(value: str, word: str = "unit", signature: str = "市政府督查室") -> Kit:
    variables = (KitVariable(word, "单位", "其他", value), KitVariable("token", "编号", "其他", "K7Q2M9"))
    return Kit(signature, (KitTemplate("催办", "{unit}编号{token}", variables, 1),))


def _faults(found: Kit, **table: object) -> str:
    words = [variable.word for variable in found.templates[0].variables]
    whole = {"signature": found.signature, "templates": {"催办": {"code": "1", "parameters": words}}, **table}
    name = str(whole.get("kind", "aliyun"))
    return "".join(one.said for one in check_kit(found, {name: whole}, [name]) if not one.ok)


@pytest.mark.parametrize(
    ("table", "longest"),
    [({}, 35), ({"kind": "tencent"}, 6), ({"kind": "tencent", "longest_variable": 12}, 12)],
    ids=["aliyun", "tencent", "a widened account"],
)
def test_a_variable_that_is_too_long_is_told(table: dict[str, object], longest: int) -> None:
    assert f"超过{longest}个字" in _faults(_kit("某" * (longest + 1)), **table)
    assert _faults(_kit("某" * longest), **table) == ""


@pytest.mark.parametrize(
    ("found", "table", "said"),
    [
        (_kit("市教育局"), {}, ""),
        (_kit("市【教育】局"), {}, "不收的字符"),
        (_kit("www.x.cn"), {}, "不收的字符"),
        (_kit("13800138000", "phone"), {}, "不是固定电话"),
        (_kit("0349-2020000", "phone"), {}, ""),
        (_kit("400-820-8820", "phone"), {}, ""),
        (_kit("市教育局"), {"signature": "别的"}, "不同"),
        (_kit("市教育局", signature="签" * 13), {}, "2到12个字"),
        (_kit("市教育局"), {"templates": {}}, "缺少模板编号：催办"),
        (_kit("市教育局"), {"templates": {"催办": {"code": "1", "parameters": ["unit"]}}}, "没有变量 token"),
    ],
)
def test_the_check_against_what_providers_take(found: Kit, table: dict[str, object], said: str) -> None:
    faults = _faults(found, **table)
    assert said in faults
    assert bool(faults) == bool(said)
