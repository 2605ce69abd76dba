"""Texts cut to their room: whole where they fit, else with … and never wider."""

import pytest

from addin.dialogs.fitting import fitted


def measure(text: str) -> int:
    return sum(20 if sign > "\u2fff" else 10 for sign in text)


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("供热管网", 80, "供热管网"),
        ("供热管网", 79, "供热管…"),
        ("供热管网", 70, "供热管…"),
        ("供热管网", 69, "供热…"),
        ("a供b热", 50, "a供b…"),
        ("供热", 29, "…"),
        ("", 0, ""),
    ],
)
def test_what_is_longer_ends_with_dots(text: str, room: int, shown: str) -> None:
    assert fitted(text, room, measure) == shown
