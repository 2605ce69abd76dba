"""doctor answers in one screen: what stops SMS first, then what must be done, then what is in order; exit 1 or 0."""

from pathlib import Path

import pytest

from engine.cli.commands import doctor
from sms.doctor import Check

SCREEN = 30
FINE, WRONG = Check("时区", True, "北京时间"), Check("台账 乙.xlsx", False, "有内容待同步。")
STOPPING = Check("短信网关 aliyun", False, "没有密钥，请设环境变量。", stops=True)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, book: Path):
    def set_to(*checks: Check) -> None:
        monkeypatch.setattr(doctor, "examine", lambda station: checks)
        monkeypatch.setattr(doctor, "_starts_by_itself", lambda: FINE)

    return set_to


@pytest.mark.parametrize(
    ("checks", "code", "order"),
    [
        ((FINE, WRONG, STOPPING), 1, ["需要处理", "发不出", "请处理", "正常", "有 1 处使短信发不出去"]),
        ((FINE, WRONG), 1, ["需要处理", "请处理", "正常"]),
        ((FINE,), 0, ["正常", "一切正常。"]),
    ],
)
def test_the_gravest_comes_first_and_decides_the_exit_code(found, duban, checks, code: int, order: list[str]) -> None:
    found(*checks)
    given, out, _ = duban("doctor")
    assert given == code
    places = [out.find(word) for word in order]
    assert -1 not in places
    assert places == sorted(places)


def test_a_new_office_sees_it_all_in_one_screen(book: Path, duban) -> None:
    code, out, err = duban("doctor")
    assert (code, err) == (1, "")
    assert len(out.splitlines()) <= SCREEN
    assert "install-service" in out
    assert "adopt" in out
