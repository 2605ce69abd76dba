"""duban law: an article, a whole regulation, a reading, all of them; explain quotes what it cites."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import NUMBER


def test_one_article(duban: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = duban("law", "SZ1-13.1")
    assert code == 0
    assert "使用管理暂行办法" in out
    assert "前5小时" in out.replace("\n", "")
    assert "SZ1-13.2" not in out


def test_an_article_comes_with_its_items_and_letters_may_be_small(answer: Callable[..., object]) -> None:
    told = answer("law", "sz4-10")
    assert [article["clause"] for article in told["articles"]] == ["SZ4-10", "SZ4-10.1", "SZ4-10.2", "SZ4-10.3"]
    assert list(told["articles"][0]) == ["clause", "label", "words"]


def test_letters_alone_give_the_whole_text_and_nothing_gives_the_list(answer: Callable[..., object]) -> None:
    assert len([one for one in answer("law", "BS")["articles"] if "." not in one["clause"]]) == 14
    assert [one["regulation"] for one in answer("law")] == ["SZ1", "SZ2", "SZ3", "SZ4", "SZ5", "SZ6", "BS"]


@pytest.mark.parametrize("typed", ["理解5", "5"])
def test_one_reading(answer: Callable[..., object], typed: str) -> None:
    told = answer("law", typed)
    assert list(told) == ["number", "clauses", "question", "words", "choices"]
    assert told["clauses"] == ["SZ1-14"]


@pytest.mark.parametrize("typed", ["SZ1-99", "理解99", "民法典"])
def test_what_is_unknown_is_answered_with_what_there_is(duban: Callable[..., tuple[int, str, str]], typed: str) -> None:
    code, out, err = duban("law", typed)
    assert (code, out) == (2, "")
    assert "可以查" in err


def test_explain_quotes_articles_and_readings(book: Path, duban: Callable, answer: Callable) -> None:
    told = answer("explain", book, NUMBER, "--at", "2026-03-03T12:00")
    assert told["law"]["SZ1-14"].startswith("第十四条")
    assert set(told["law"]) >= {slot["clause"] for duty in told["duties"] for slot in duty["slots"]}
    out = duban("explain", book, NUMBER, "--at", "2026-03-03T12:00")[1]
    assert "承办单位未按时限要求提交反馈的" in out.replace("\n", "").replace(" ", "")
    assert "怎么理解" in out
