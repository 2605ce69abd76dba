"""Numbers and secrets never reach a log."""

import base64
import io
import logging
from urllib.parse import quote

import pytest

from sms.masking import MaskingFilter, keep_secret, mask_mobile, mask_text, silence


@pytest.mark.parametrize(
    "written",
    ["+8613800138000", "%2B8613800138000", "%2b8613800138000", "008613800138000", "8613800138000", "13800138000",
     "+86 13800138000", "+86-13800138000", "收信13800138000失败", "['+8613800138000']", "To=%2B8613800138000&x=1"],
)  # fmt: skip
def test_各种写法的号码都打码(written: str) -> None:
    masked = mask_text(written)
    assert "13800138000" not in masked
    assert "138****8000" in masked


@pytest.mark.parametrize(
    "kept", ["2026-日-0135", "0349-2020000", "SM0000000000000000000000000000001f", "2026-03-03T04:30"]
)
def test_不是手机号的原样留下(kept: str) -> None:
    assert mask_text(kept) == kept


def test_外国号码也打码() -> None:
    assert mask_text("to +15017122661.") == "to 150****2661."


def test_太短的号码全打星() -> None:
    assert mask_mobile("12345") == "****"


def test_密钥的各种形式都打码() -> None:
    keep_secret("AC-very/secret", "tok en+9")
    basic = base64.b64encode(b"AC-very/secret:tok en+9").decode()
    for shown in ("AC-very/secret", quote("AC-very/secret", safe=""), "tok en+9", f"Basic {basic}"):
        assert "***" in mask_text(shown)
        assert shown not in mask_text(shown)


def test_日志的参数和异常都打码() -> None:
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


def test_静音的记录器连自带的处理器也没了(capsys: pytest.CaptureFixture[str]) -> None:
    noisy = logging.getLogger("tests.noisy")
    noisy.addHandler(logging.StreamHandler())
    silence("tests.noisy")
    noisy.critical("+8613800138000")
    noisy.error("+8613800138000")
    assert capsys.readouterr().err == ""
