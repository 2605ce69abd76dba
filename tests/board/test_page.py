"""看板.html in a real Chromium: filters, timeline, keyboard, phone, paper, contrast; hostile cells stay text."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.board.figures import board
from engine.facts.ledger import Ledger
from engine.ledger.reading.ledger import read_ledger
from engine.papers.board_page import MOST_MATTERS, page
from engine.policy.governing import policy_of_ledger
from engine.review.burden import SentObligation, burden
from engine.review.ledger_review import review
from tests.board.browser import Browser, chromium
from tests.clauses.builders import NothingSent, at, ledger, matter, policies, report
from tests.ledger.test_template import WORKBOOKS
from tests.tools import need

NOW = datetime(2026, 11, 18, 8)
HOSTILE = (
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    '" onmouseover="window.hacked=1" data-x="',
    "{{script}} ${alert(1)} {{style-hash}}",
    "<!-- --><svg/onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "\u202e倒着写\u2028换行\x00空",
)


ASKED = ("市教育局<b>", "李某", "138****8000")
SENT = (SentObligation(1, datetime(2026, 11, 17, 22), *ASKED, "催办", "2026-日-0001", "1天", ""),)


def page_of(book: Ledger, now: datetime) -> str:
    reviewed = review(book, NothingSent(), policies(), now, now)
    policy = policy_of_ledger(book, policies(), now)
    return page(book, board(book, reviewed, policy), burden(book, SENT, policy, now))


@pytest.fixture(scope="module")
def sample() -> Ledger:
    return read_ledger((WORKBOOKS / "示例台账.xlsx").read_bytes())


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def shown(browser: Browser, sample: Ledger, tmp_path: Path) -> Iterator[Browser]:
    (tmp_path / "看板.html").write_text(page_of(sample, NOW), encoding="utf-8")
    browser.faults.clear()
    browser.requests.clear()
    browser.open(tmp_path / "看板.html", 1366, 768)
    yield browser
    assert browser.faults == []
    assert [url for url in browser.requests if not url.startswith("file:")] == []


VISIBLE = "[...document.querySelectorAll('#matters > details')].filter(e => e.checkVisibility()).length"


def choose(browser: Browser, name: str, value: str) -> None:
    script = f"(() => {{const e=document.getElementById('{name}'); e.value={value!r};"
    browser.run(script + "e.dispatchEvent(new Event('input', {bubbles: true}))})()")


@pytest.mark.parametrize(
    ("name", "value"), [("light", "红"), ("unit", "市水利局"), ("leader", "李丙"), ("section", "重大改革事项")]
)
def test_each_filter_shows_its_matters_and_no_other(shown: Browser, name: str, value: str) -> None:
    every = shown.run(VISIBLE)
    wanted = shown.run(f"document.querySelectorAll(\"#matters > details[data-{name}='{value}']\").length")
    assert 0 < wanted < every
    choose(shown, name, value)
    assert shown.run(VISIBLE) == wanted
    assert shown.run("document.getElementById('count').textContent") == str(wanted)
    shown.click("button[type=reset]")
    assert shown.run(f"new Promise(done => setTimeout(() => done({VISIBLE})))") == every


def test_filters_are_joined(shown: Browser) -> None:
    choose(shown, "light", "紫")
    choose(shown, "unit", "市水利局")
    assert shown.run(VISIBLE) == 3
    choose(shown, "word", "河道")
    assert shown.run(VISIBLE) == 1


def test_a_click_unfolds_the_timeline_in_order_of_time(shown: Browser) -> None:
    assert not shown.run("document.querySelector('#matters > details').open")
    shown.click("#matters > details summary")
    assert shown.run("document.querySelector('#matters > details').open")
    times = shown.run(
        "[...document.querySelectorAll('#matters > details[open] li:not(.ahead) time')].map(e => e.textContent)"
    )
    assert len(times) >= 3
    assert times == sorted(times)


def test_all_of_it_works_by_keyboard_and_the_focus_is_seen(shown: Browser) -> None:
    seen = []
    for _ in range(8):
        shown.press("Tab", 9)
        seen.append(shown.run("document.activeElement.id || document.activeElement.tagName"))
    assert seen[:6] == ["light", "unit", "section", "leader", "word", "BUTTON"]
    assert seen[6] == "SUMMARY"
    assert shown.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    shown.press("Enter", 13, "\r")
    assert shown.run("document.querySelectorAll('#matters > details')[1].open")


@pytest.mark.parametrize("width", [375, 1366])
def test_nothing_is_wider_than_the_window(shown: Browser, width: int) -> None:
    shown.size(width, 800)
    assert shown.run("document.documentElement.scrollWidth") <= width
    cells = "[...document.querySelectorAll('summary, summary > *, td, th, .tile')]"
    assert shown.run(f"{cells}.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML)") == []


CONTRAST = """
(() => {
  const part = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const bright = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [bright(rgb(getComputedStyle(e).color)), bright(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(e.outerHTML.slice(0, 90));
  }
  return low;
})()
"""


def test_everything_stands_out_by_four_and_a_half(shown: Browser) -> None:
    shown.run("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert shown.run(CONTRAST) == []
    shown.run("document.querySelector('h2').style = 'color: #bbb'")
    assert shown.run(CONTRAST) != [], "the measure sees pale words"


def test_it_prints_on_a4_without_its_filters(shown: Browser, tmp_path: Path) -> None:
    shown.printed(tmp_path / "page.pdf")
    size = subprocess.run([need("pdfinfo"), tmp_path / "page.pdf"], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Page size:\s+59[45].* x 84[12]", size)
    told = subprocess.run(
        [need("pdftotext"), "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "督办看板" in told
    assert "2026-日-0022" in told
    assert "关键词" not in told


def hostile_book() -> Ledger:
    facts: list[object] = []
    for index, text in enumerate(HOSTILE, start=1):
        number = f"2026-日-{index:04d}"
        one = matter(number=number, content=text, responsible_leader=text, lead_unit=text)
        facts += [one, report("1天", "2026-03-03 08:00", matter=number, unit=text, content=text)]
    return ledger(*facts)


def test_hostile_cells_stay_text(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "看板.html").write_text(page_of(hostile_book(), at("2026-03-04 12:00")), encoding="utf-8")
    browser.faults.clear()
    browser.open(tmp_path / "看板.html", 1366, 768)
    assert browser.run("typeof window.hacked") == "undefined"
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.querySelectorAll('img, svg, iframe, object').length") == 0
    assert browser.run("document.querySelectorAll('#matters > details').length") == len(HOSTILE)
    text = browser.run("document.getElementById('matters').textContent")
    for one in HOSTILE[:6]:
        assert one in text
    choose(browser, "unit", HOSTILE[2])
    assert browser.run(VISIBLE) == 1
    browser.run("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.run("typeof window.hacked") == "undefined"
    assert browser.faults == []


class Tags(HTMLParser):
    """Every tag must be closed by its own."""

    EMPTY = frozenset({"meta", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.wrong += [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_is_well_formed_and_has_no_handlers() -> None:
    tags = Tags()
    tags.feed(page_of(hostile_book(), at("2026-03-04 12:00")))
    assert (tags.open, tags.wrong) == ([], [])


def test_no_mobile_number_and_nothing_secret_stands_on_the_page() -> None:
    secret = matter(number="2026-日-0002", secrecy="秘密", content="不得出现的内容")
    told = report("1天", "2026-03-03 08:00", content="联系王某１３９ 0013 8000", reporter="13700137000")
    html = page_of(ledger(matter(content="找李某13800138000"), secret, told), at("2026-03-04 12:00"))
    assert "不得出现" not in html
    assert not re.search(r"1[3-9]\d{9}", re.sub(r"[\s\-]", "", html.split("<main>")[1]))
    assert "１３９ 0013 8000" not in html


def test_a_large_ledger_shows_the_gravest_and_counts_the_rest(sample: Ledger) -> None:
    [first] = [one for one in sample.matters if one.number == "2026-日-0022"]
    many = tuple(replace(first, number=f"2026-日-{n:05d}") for n in range(1, MOST_MATTERS + 3))
    html = page_of(replace(sample, matters=many, records={}), NOW)
    assert html.count("<details ") == MOST_MATTERS
    assert "另有2项没有列出" in html


def test_the_same_ledger_gives_the_same_page(sample: Ledger) -> None:
    assert page_of(sample, NOW) == page_of(sample, NOW)
