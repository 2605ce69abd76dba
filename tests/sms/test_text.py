"""Segments as the networks count them: before, at and after each boundary."""

import pytest

from sms.text import has_token, segments, units


@pytest.mark.parametrize(
    ("length", "count"),
    [(0, 0), (1, 1), (69, 1), (70, 1), (71, 2), (133, 2), (134, 2), (135, 3), (201, 3), (202, 4)],
)
def test_seventy_characters_are_one_then_67_each(length: int, count: int) -> None:
    assert segments("督" * length) == count


def test_an_emoji_counts_twice() -> None:
    assert units("办😀") == 3
    assert segments("😀" * 35) == 1
    assert segments("😀" * 35 + "办") == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请报送。编号K7Q2M9", True),
        ("请报送。编号K7Q2M9。", True),
        ("编号K7Q2M9请报送", True),
        ("请报送。编号K7Q2M9A", False),
        ("请报送。编号K7Q2M98", False),
        ("请报送。编号K7Q2M", False),
        ("请报送K7Q2M9", False),
        ("", False),
    ],
)
def test_the_token_must_be_there_to_the_letter(text: str, found: bool) -> None:
    assert has_token(text, "K7Q2M9") is found
