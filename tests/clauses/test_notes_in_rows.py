"""核验提示：行里有什么不对，写在行里；改好了就消失；没有编号的行也写得到。"""

from engine.facts.change import Change
from engine.facts.finding import Place, error, hint
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter
from engine.review.ledger_review import Review, review
from engine.review.row_notes import MOST_LINES, notes
from tests.clauses.builders import NUMBER, NothingSent, at, ledger, matter, policies, proposal, report


def reviewed(book: Ledger, moment: str = "2026-03-02 12:00") -> Review:
    return review(book, NothingSent(), policies(), at(moment))


def told(book: Ledger) -> list[Change]:
    return [one for one in reviewed(book).changes if one.field == "check_note"]


def test_有编号的行_写明问题和办法() -> None:
    [note] = told(ledger(matter(approver="")))
    assert (note.matter, note.row_hash, note.old) == (NUMBER, "", None)
    assert note.new == "没有填立项审批人姓名，不能立项，期限不起算。请先书面报批，再补填审批人、职务和时间。"


def test_没有编号的行按行号和内容写() -> None:
    book = ledger(proposal(approver=""))
    [note] = told(book)
    assert (note.matter, note.place.row, note.row_hash) == ("", 5, "hash5")
    assert [one.field for one in reviewed(book).changes] == ["check_note", "synced_at"]


def test_没有编号也没有指纹的行不写() -> None:
    assert told(ledger(proposal(approver=""), row_hashes={})) == []


def test_没有问题的行不写_旧提示清掉() -> None:
    assert told(ledger(proposal())) == []
    [cleared] = told(ledger(proposal(shown=Flags(check_note="旧提示"))))
    assert (cleared.old, cleared.new) == ("旧提示", None)


def test_已写好的不再写() -> None:
    [note] = told(ledger(proposal(approver="")))
    assert reviewed(ledger(proposal(approver="", shown=Flags(check_note=note.new)))).changes == ()


def test_重号的另一行也得到提示_灯色不动() -> None:
    kept, other = matter(), matter(place=Place("matters", 9), shown=Flags(current_duty="1天"))
    doubled = error(other.place.at("number"), "number_doubled", "", "事项编号与第5行重复。", "请核对。", NUMBER)
    changes = reviewed(ledger(kept, doubles={NUMBER: (kept, other)}, findings=(doubled,))).changes
    [note, synced] = [one for one in changes if one.place.row == 9]
    assert (note.field, note.new) == ("check_note", "事项编号与第5行重复。请核对。")
    assert synced.field == "synced_at"


def test_校验结果进入评估的发现() -> None:
    found = reviewed(ledger(matter(approver=""), report("1天", "2026-03-02"))).findings
    assert {one.rule for one in found} == {"approval_missing", "clock_missing", "impossible_history"}


# ---- 一行里几条怎么排 ----


def note_of(row: Matter, *findings: object) -> str | None:
    return notes(ledger(row), findings).get(5)


PLACE = Place("matters", 5)


def test_错误在前_提示在后_同样的话只说一次() -> None:
    first, second = hint(PLACE, "a", "", "提示。", "看。"), error(PLACE, "b", "", "错误。", "改。")
    assert note_of(matter(), first, second, second) == "错误。改。\n提示。看。"


def test_记录的错误写进所属事项的行_记录的提示不写() -> None:
    place = Place("reports", 7, "reported_at")
    wrong = error(place, "time_in_future", "", "还没有到。", "请核对。", NUMBER)
    minor = hint(place, "clock_missing", "", "没有钟点。", "请补填。", NUMBER)
    assert note_of(matter(), wrong, minor) == "「反馈记录」第7行：还没有到。请核对。"
    assert note_of(proposal(), wrong) is None


def test_程序自己会改回的格子不写进提示() -> None:
    assert note_of(matter(), hint(PLACE.at("light"), "machine_cell_edited", "", "被手工改动。", "会改回。")) is None


def test_太多的只写前几条() -> None:
    many = [error(PLACE, "a", "", f"第{index}条。", "") for index in range(MOST_LINES + 2)]
    lines = note_of(matter(), *many[:MOST_LINES]).split("\n")
    assert len(lines) == MOST_LINES
    lines = note_of(matter(), *many).split("\n")
    assert lines[-1] == "另有2条，请看「校验结果」。"
    assert len(lines) == MOST_LINES + 1


def test_行不在表里的发现不写() -> None:
    assert notes(ledger(matter()), [error(Place("matters"), "missing", "", "少了。", "补。")]) == {}
