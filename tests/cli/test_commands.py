"""Every command: its answer as JSON, and its exit code."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import NUMBER
from tests.service.office import matter_row, write_book


def adopted(answer: Callable[..., object], book: Path) -> Path:
    answer("adopt", book, "--from", "2026-03-02T09:30")
    return book


def test_new_makes_a_ledger_and_replaces_none(tmp_path: Path, duban, answer) -> None:
    path = tmp_path / "新.xlsx"
    made = answer("new", path)
    assert made["path"] == str(path)
    before = path.read_bytes()
    code, out, err = duban("new", path)
    assert (code, out) == (2, "")
    assert "已经存在" in err
    assert path.read_bytes() == before
    assert duban("new", tmp_path / "没有的文件夹" / "新.xlsx")[0] == 2


def test_adopt_writes_enabling_time_host_and_journal(book: Path, answer) -> None:
    first = answer("adopt", book, "--from", "2026-03-02T09:30")
    assert first["enabled_from"] == "2026-03-02T09:30:00"
    again = answer("adopt", book)
    assert again | {"rebuilt": 0} == first


def test_pass_answers_in_the_documented_shape(book: Path, answer) -> None:
    adopted(answer, book)
    done = answer("pass", book, "--at", "2026-03-03T04:30")
    assert list(done) == ["at", "messages", "changes", "findings", "written", "pending"]
    (message,) = done["messages"]
    number = message.pop("id")
    assert len(number) == 13
    assert message == {
        "at": "2026-03-03T04:30:00",
        "kind": "提醒",
        "to": {"unit": "市教育局", "role": "具体责任人", "name": "具1", "mobile": "+8619900010001"},
        "covers": [
            {
                "matter": NUMBER,
                "duty": "1天",
                "period": None,
                "due": "2026-03-03T09:30:00",
                "slot": "-5h",
                "kind": "提醒",
                "clause": "SZ1-13.1",
            }
        ],
        "text": message["text"],
        "state": "已提交",
    }
    lights = [change for change in done["changes"] if change["column"] == "预警灯"]
    assert lights == [{"matter": NUMBER, "column": "预警灯", "old": None, "new": "黄", "clauses": ["SZ1-13.1"]}]
    assert (done["written"], done["pending"]) == (True, None)


def test_pass_dry_run_leaves_nothing(book: Path, answer) -> None:
    adopted(answer, book)
    before = book.read_bytes()
    done = answer("pass", book, "--at", "2026-03-03T04:30", "--dry-run")
    assert [(one["id"], one["state"]) for one in done["messages"]] == [(None, "试算")]
    assert (done["written"], book.read_bytes()) == (False, before)


def test_pass_at_is_refused_with_a_network_gateway_unless_dry(
    book: Path, duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    duban("adopt", book, "--from", "2026-03-02T09:30")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "1" * 32)
    Path("duban.toml").write_text(
        "state = 'state'\ngateways = ['twilio']\n[gateway.twilio]\nfrom_number = '+15005550006'\n"
        "base_url = 'http://127.0.0.1:9'\n",
        encoding="utf-8",
    )
    for command in ("pass", "release"):
        code, out, err = duban(command, book, "--at", "2026-03-03T04:30")
        assert (code, out) == (2, "")
        assert "--dry-run" in err
    assert duban("pass", book, "--at", "2026-03-03T04:30", "--dry-run")[0] == 0


def test_simulate_tells_what_the_passes_send(book: Path, answer) -> None:
    adopted(answer, book)
    planned = answer("simulate", book, "--from", "2026-03-02T09:30", "--to", "2026-03-03T16:00")
    sent = []
    for one in planned:
        sent += [
            {name: value for name, value in message.items() if name not in ("id", "state")}
            for message in answer("pass", book, "--at", one["at"])["messages"]
            if message["kind"] != "晨报"
        ]
    assert len(planned) == 4
    assert sent == planned


def test_simulate_includes_from_and_excludes_to(book: Path, answer) -> None:
    for start, end, count in (
        ("2026-03-03T04:30", "2026-03-03T04:31", 1),
        ("2026-03-03T04:29", "2026-03-03T04:30", 0),
        ("2026-03-03T04:31", "2026-03-03T09:00", 0),
    ):
        assert len(answer("simulate", book, "--from", start, "--to", end)) == count


def test_explain_shows_deadlines_slots_flags_and_readings(book: Path, answer) -> None:
    adopted(answer, book)
    answer("pass", book, "--at", "2026-03-03T04:30")
    told = answer("explain", book, NUMBER, "--at", "2026-03-03T12:00")
    assert list(told) == ["matter", "at", "duties", "flags", "readings", "points", "sms", "law"]
    (duty,) = [one for one in told["duties"] if one["duty"] == "1天"]
    assert (duty["due"], duty["owed_by"], duty["state"]) == ("2026-03-03T09:30:00", "市教育局", "逾期")
    assert [(one["slot"], one["outcome"]) for one in duty["slots"]][:2] == [("-5h", "已提交"), ("+3h", "未到")]
    assert told["flags"]["预警灯"] == "红"
    assert 5 in told["readings"] or 22 in told["readings"]


def test_check_exits_1_with_errors_and_0_without(book: Path, tmp_path: Path, answer) -> None:
    broken = write_book(tmp_path / "错.xlsx", [matter_row(NUMBER, lead_unit="没有的单位")])
    findings = answer("check", broken, "--at", "2026-03-02T10:00", code=1)
    finding = next(one for one in findings if one["column"] == "牵头单位")
    assert list(finding) == ["severity", "sheet", "row", "column", "rule", "clause", "problem", "remedy"]
    assert (finding["severity"], finding["sheet"], finding["row"]) == ("错误", "督办台账", 2)


def test_stamp_gives_number_and_deadlines(tmp_path: Path, book: Path, answer) -> None:
    row = matter_row("", limit="1天") | {"number": None, "status": None, "initiated_at": None}
    fresh = write_book(tmp_path / "待编号.xlsx", [row])
    done = answer("stamp", fresh, "--at", "2026-03-02T10:00")
    given = {change["column"]: change["new"] for change in done["changes"]}
    assert given["事项编号"] == NUMBER
    assert given["1天节点"] == "2026-03-03T09:30:00"
    assert done["written"] is True
    again = answer("stamp", fresh, "--at", "2026-03-02T10:00")
    assert again["changes"] == []


def test_release_lists_and_lets_go(book: Path, answer, duban) -> None:
    matters = [matter_row(f"2026-日-{n:04}", limit="1天", lead_unit=f"单位{n}") for n in range(1, 202)]
    units = [
        {"name": f"单位{n}", "category": "市直部门", "contact": "某", "contact_mobile": f"1991{n:07}"}
        for n in range(1, 202)
    ]
    write_book(book, matters, units=units)
    adopted(answer, book)
    held = answer("pass", book, "--at", "2026-03-03T04:30")
    assert {one["state"] for one in held["messages"]} == {"待放行"}
    code, out, _ = duban("release", book, "--at", "2026-03-03T04:31")
    assert code == 0
    assert "短信（201 条）" in out
    assert "已放行，发出 201 条" in out
    assert answer("release", book, "--at", "2026-03-03T04:32")["messages"] == []


def test_outbox_lists_and_settles_only_what_a_person_may(book: Path, answer, duban) -> None:
    adopted(answer, book)
    (sent,) = answer("pass", book, "--at", "2026-03-03T04:30")["messages"]
    (listed,) = answer("outbox", "list")
    assert (listed["id"], listed["state"], listed["to"]["mobile"]) == (sent["id"], "已提交", "199****0001")
    assert answer("outbox", "list", "--state", "待人工") == []
    for arguments in (("retry", sent["id"]), ("resolve", sent["id"], "--sent"), ("retry", "S没有")):
        code, out, err = duban("outbox", *arguments)
        assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_send_test_goes_through_the_local_gateway(book: Path, answer, duban) -> None:
    assert answer("send-test", "--to", "19900010001", "--gateway", "local")["state"] == "已提交"
    code, _, err = duban("send-test", "--to", "0349-2020000", "--gateway", "local")
    assert code == 2
    assert "手机号" in err
    assert duban("send-test", "--to", "19900010001", "--gateway", "没有")[0] == 2


def test_doctor_says_what_needs_attention(book: Path, answer) -> None:
    checks = answer("doctor", code=1)
    said = {one["subject"]: one["said"] for one in checks if not one["ok"]}
    assert "duban run" in said["调度程序"]
    assert "duban adopt" in said["台账 台账.xlsx"]
    assert all(list(one) == ["subject", "ok", "said", "stops"] for one in checks)


def test_demo_plays_a_night_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer) -> None:
    monkeypatch.chdir(tmp_path)
    first = answer("demo")
    assert Path(first["ledger"]).is_file()
    times = [datetime.fromisoformat(one["at"]) for one in first["messages"]]
    assert times == sorted(times)
    assert len(times) > 6
    assert min(times) >= datetime(2026, 11, 17, 20)
    assert max(times) <= datetime(2026, 11, 18, 8)
    assert {one["column"] for one in first["changes"]} >= {"预警灯", "逾期状态", "催办次数"}
