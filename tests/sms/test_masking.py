"""Numbers and secrets never reach a log."""

import base64
import io
import logging
from urllib.parse import quote

import pytest

from sms.masking import MaskingFilter, from_outside, keep_secret, mask_text, silence
from sms.numbers import mask_mobile, mask_numbers
from tests.sms.spellings import holds_number, spellings


@pytest.mark.parametrize(
    "written",
    ["+8613800138000", "%2B8613800138000", "%2b8613800138000", "008613800138000", "8613800138000", "13800138000",
     "+86 13800138000", "+86-13800138000", "收信13800138000失败", "['+8613800138000']", "To=%2B8613800138000&x=1"],
)  # fmt: skip
def test_numbers_in_every_spelling_are_masked(written: str) -> None:
    masked = mask_text(written)
    assert "13800138000" not in masked
    assert "138****8000" in masked


@pytest.mark.parametrize(
    "kept", ["2026-日-0135", "0349-2020000", "SM0000000000000000000000000000001f", "2026-03-03T04:30"]
)
def test_what_is_no_mobile_number_stays(kept: str) -> None:
    assert mask_text(kept) == kept


@pytest.mark.parametrize("written", spellings())
def test_a_hundred_spellings_by_people_are_masked(written: str) -> None:
    assert holds_number(f"王某{written}（市教育局）"), "the spelling is one"
    assert not holds_number(mask_numbers(f"王某{written}（市教育局）"))


def test_there_are_no_fewer_than_a_hundred_spellings() -> None:
    assert len(spellings()) >= 100


@pytest.mark.parametrize(
    "kept",
    ["2026-03-13 15:30:00", "15:30 2026/3/5 9:30", "朔政办发〔2017〕85号", "3日17:30", "第13周", "1.38", "一、三、八"],
)
def test_dates_document_numbers_and_lists_stay(kept: str) -> None:
    assert mask_numbers(kept) == kept


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", '{"key":"'])
def test_a_secret_encoded_within_a_longer_text_is_masked(before: str) -> None:
    keep_secret("hidden-secret-77")
    shown = base64.b64encode(f"{before}hidden-secret-77 and more".encode()).decode()
    masked = mask_text(shown)
    assert "***" in masked
    for left in masked.split("***"):
        for place in range(4):
            whole = left[place : place + (len(left) - place) // 4 * 4]
            assert b"secret" not in base64.b64decode(whole)


def test_an_error_text_from_outside_is_masked_then_cut_to_one_line() -> None:
    keep_secret("echoed-secret-1")
    text = "echoed-secret-1\n\x1b[31m+8613800138000\u202e" + "x" * 100_000
    shown = from_outside(text)
    assert shown.startswith("*** [31m138****8000 xxx")
    assert len(shown) <= 201


def test_a_cut_shows_no_half_number() -> None:
    for before in range(180, 205):
        assert "1380013" not in from_outside("字" * before + "13800138000")


def test_foreign_numbers_are_masked() -> None:
    assert mask_text("to +15017122661.") == "to 150****2661."


def test_short_numbers_become_stars() -> None:
    assert mask_mobile("12345") == "****"


def test_secrets_are_masked_in_every_form() -> None:
    keep_secret("AC-very/secret", "tok en+9")
    basic = base64.b64encode(b"AC-very/secret:tok en+9").decode()
    for shown in ("AC-very/secret", quote("AC-very/secret", safe=""), "tok en+9", f"Basic {basic}"):
        assert "***" in mask_text(shown)
        assert shown not in mask_text(shown)


def test_arguments_and_exceptions_of_the_log_are_masked() -> None:
    keep_secret("another-secret-1")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskingFilter())
    logger = logging.getLogger("tests.masking")
    logger.addHandler(handler)
    logger.propagate = False
    logger.warning("发给 %s 用 %s", "+8613800138000", "another-secret-1")
    try:
        int("bad +8613800138000 another-secret-1")
    except ValueError:
        logger.exception("失败 %(n)s", {"n": "13800138000"})
    logger.removeHandler(handler)
    written = stream.getvalue()
    assert "13800138000" not in written
    assert "another-secret-1" not in written
    assert written.count("138****8000") == 4, "two lines, the source line and the message"
    assert "ValueError" in written


def test_a_silenced_logger_has_lost_its_own_handlers(capsys: pytest.CaptureFixture[str]) -> None:
    noisy = logging.getLogger("tests.noisy")
    noisy.addHandler(logging.StreamHandler())
    silence("tests.noisy")
    noisy.critical("+8613800138000")
    noisy.error("+8613800138000")
    assert capsys.readouterr().err == ""
