"""Which worker may take work: those of one version, one set of regimes and the right time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.fleet.registry import FleetHost
from engine.fleet.standing import why_held

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ME = FleetHost("甲", "/state", "1.2.0", "aaaa", "aliyun", 0.0, AT, AT, None, "", 1.0)
OTHER = replace(ME, host="乙", started_at=AT + timedelta(minutes=1))


def held(me: FleetHost, *others: FleetHost) -> str:
    return why_held(me, (me, *others), dead=30, clock=60)


def test_equals_all_work() -> None:
    assert held(ME) == held(ME, OTHER) == held(OTHER, ME) == ""


@pytest.mark.parametrize(
    ("offset", "words"),
    [(59.9, ""), (60, ""), (60.1, "快 60 秒"), (-60, ""), (-60.1, "慢 60 秒"), (-300, "慢 5 分钟"), (300, "快 5 分钟")],
)
def test_a_wrong_clock_holds_its_host(offset: float, words: str) -> None:
    why = held(replace(ME, clock_offset=offset), OTHER)
    assert words in why
    assert bool(why) == bool(words)


def test_an_older_program_waits_for_its_upgrade_whoever_started_first() -> None:
    newer = replace(OTHER, version="1.10.0", started_at=AT - timedelta(days=1))
    assert "本机的程序是 1.2.0，机群里的“乙”已是 1.10.0" in held(ME, newer)
    assert held(newer, ME) == ""


@pytest.mark.parametrize(("silent_for", "waits"), [(29.9, True), (30, False), (30.1, False)])
def test_a_newer_program_that_is_gone_holds_nobody(silent_for: float, waits: bool) -> None:
    assert bool(held(ME, replace(OTHER, version="2.0", silent_for=silent_for))) is waits


def test_a_newer_program_that_was_stopped_holds_nobody() -> None:
    assert held(ME, replace(OTHER, version="2.0", stopped_at=AT)) == ""


def test_of_two_sets_of_regimes_that_of_the_later_start_counts() -> None:
    other = replace(OTHER, policies="bbbb")
    assert "制度文件与后启动的“乙”不同" in held(ME, other)
    assert "重新启动 duban worker" in held(ME, other)  # duban.toml is read at the start only
    assert held(other, ME) == ""


@pytest.mark.parametrize(("offset", "waits"), [(60, True), (-60, True), (60.1, False), (-60.1, False)])
@pytest.mark.parametrize("newcomer", [{"version": "2.0"}, {"policies": "bbbb"}], ids=["newer program", "other regimes"])
def test_a_newcomer_whose_own_clock_is_wrong_holds_nobody(offset: float, waits: bool, newcomer: dict[str, str]) -> None:
    other = replace(OTHER, clock_offset=offset, **newcomer)
    assert bool(held(ME, other)) is waits


def test_of_two_sets_of_gateways_that_of_the_later_start_counts_and_both_are_named() -> None:
    other = replace(OTHER, gateways="aliyun、twilio")
    assert "本机的短信网关（aliyun）与后启动的“乙”（aliyun、twilio）不同" in held(ME, other)
    assert held(other, ME) == ""


def test_a_newcomer_that_cannot_open_its_gateways_holds_nobody() -> None:
    assert held(ME, replace(OTHER, version="2.0", policies="", gateways="")) == ""
