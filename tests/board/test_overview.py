"""总览.html: every ledger of a centre, in a real Chromium; its figures are those of the boards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.board.digest import MOST_OVERDUE, LedgerDigest, digest_of
from engine.board.figures import BoardFigures, board
from engine.ledger.reading.ledger import read_ledger
from engine.papers.overview_page import MOST_MATTERS, OverviewLedger, overview
from engine.policy.governing import policy_of_ledger
from engine.review.ledger_review import review
from tests.board.browser import Browser, chromium
from tests.board.test_page import HOSTILE, NOW, VISIBLE, choose
from tests.clauses.builders import NothingSent, at, ledger, matter, policies
from tests.ledger.test_template import WORKBOOKS


def figures_of(name: str) -> tuple[str, BoardFigures]:
    book = read_ledger((WORKBOOKS / name).read_bytes())
    reviewed = review(book, NothingSent(), policies(), NOW, NOW)
    return book.settings.ledger_id, board(book, reviewed, policy_of_ledger(book, policies(), NOW))


def named(digest: LedgerDigest, office: str) -> OverviewLedger:
    return OverviewLedger(f"{office}.xlsx", replace(digest, office=office), NOW)


@pytest.fixture(scope="module")
def figures() -> BoardFigures:
    return figures_of("示例台账.xlsx")[1]


@pytest.fixture(scope="module")
def digest(figures: BoardFigures) -> LedgerDigest:
    return digest_of("标识", figures)


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def shown(browser: Browser, digest: LedgerDigest, tmp_path: Path) -> Iterator[Browser]:
    ledgers = [
        named(digest, "甲县督查室"),
        named(digest, "乙县督查室"),
        OverviewLedger("丙县.xlsx", None, None),
        replace(named(digest, "丁县督查室"), problem="找不到工作簿。请核对配置中的路径，或等网络恢复。"),
    ]
    (tmp_path / "总览.html").write_text(overview("信息中心", ledgers, NOW), encoding="utf-8")
    browser.faults.clear()
    browser.requests.clear()
    browser.open(tmp_path / "总览.html", 1366, 768)
    yield browser
    assert browser.faults == []
    assert [url for url in browser.requests if not url.startswith("file:")] == []


def test_a_digest_has_the_figures_of_the_board_and_survives_its_json(figures, digest) -> None:
    assert LedgerDigest.from_json(digest.to_json()) == digest
    assert [light.count for light in digest.lights] == list(figures.lights.counts)
    assert [one.number for one in digest.overdue] == [one.matter.number for one in figures.overdue]
    assert (digest.open, digest.due_soon) == (figures.lights.open, len(figures.due_soon))
    assert digest.overdue


def test_overdue_matters_beyond_the_limit_are_counted() -> None:
    rows = [
        matter(number=f"2026-日-{n:04}", assigned_at=at("2026-03-02 09:00"), initiated_at=at("2026-03-02 09:00"))
        for n in range(1, MOST_OVERDUE + 3)
    ]
    book = ledger(*rows)
    now = at("2026-03-20 09:00")
    found = board(
        book,
        review(book, NothingSent(), policies(), now, now - timedelta(days=30)),
        policy_of_ledger(book, policies(), now),
    )
    made = digest_of("标识", found)
    assert (len(made.overdue), made.more) == (MOST_OVERDUE, 2)


def test_the_ledgers_with_a_problem_stand_first_and_one_never_seen_is_named(shown: Browser) -> None:
    offices = shown.run("[...document.querySelectorAll('.ledgers tbody th')].map(e => e.textContent)")
    assert offices[0] == "丁县督查室"
    states = shown.run("[...document.querySelectorAll('.ledgers .state')].map(e => e.textContent)")
    assert states[0].startswith("找不到工作簿")
    assert "尚未处理过" in states


def test_choosing_a_ledger_shows_its_overdue_matters_alone(shown: Browser, digest: LedgerDigest) -> None:
    assert shown.run(VISIBLE) == 3 * len(digest.overdue)
    choose(shown, "section", "乙县督查室")
    assert shown.run(VISIBLE) == len(digest.overdue)


def test_the_tiles_add_up_all_ledgers(shown: Browser, digest: LedgerDigest) -> None:
    tiles = shown.run("[...document.querySelectorAll('.tile')].map(e => e.textContent)")
    for light in digest.lights:
        assert f"{light.word}灯{3 * light.count}" in tiles
    assert f"在办{3 * digest.open}" in tiles
    assert "需处理2" in tiles


def test_nothing_is_wider_than_a_phone(shown: Browser) -> None:
    shown.size(375, 700)
    assert shown.run("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_stays_text(browser: Browser, digest: LedgerDigest, tmp_path: Path, hostile: str) -> None:
    one = replace(digest.overdue[0], content=hostile, unit=hostile, leader=hostile, mark=hostile, node=hostile)
    bad = replace(digest, overdue=(one,), office=hostile)
    page = overview(hostile, [OverviewLedger(hostile, bad, NOW, hostile)], NOW)
    (tmp_path / "总览.html").write_text(page, encoding="utf-8")
    browser.faults.clear()
    browser.open(tmp_path / "总览.html", 1366, 768)
    assert browser.run("window.hacked") is None
    assert browser.faults == []


def test_matters_beyond_the_limit_are_counted(digest: LedgerDigest) -> None:
    many = replace(digest, overdue=digest.overdue[:1] * (MOST_MATTERS + 2), more=5)
    page = overview("信息中心", [OverviewLedger("甲.xlsx", many, datetime(2026, 11, 18))], NOW)
    assert page.count("<details ") == MOST_MATTERS
    assert "另有7项逾期事项没有列出" in page
