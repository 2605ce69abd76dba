"""The text of the law, by article: what is read off a page, and that all that is cited is there."""

import re

import pytest

from engine.law.articles import UnknownClauseError, read_regulation
from engine.law.library import FOLDERS, SHIPPED, shipped_law
from engine.policy.loading import shipped_policies
from tests.test_clause_table import DEMANDED

COUNTED_BY_HAND = {"SZ1": 27, "SZ2": 5, "SZ3": 5, "SZ4": 17, "SZ5": 11, "SZ6": 19, "BS": 14}
OWN_TEXT = """尧都区信息督办办法
第一章　总则
为规范督办，制定本办法。
第一条　本办法适用于全区。
第九章　督办
第十条　未按时落实的，按照下列规定办理：
（一）提醒。每4小时一次。
（二）催办。
每天一次。
第一百零三条 本办法自印发之日起施行。
"""


def test_a_plain_text_is_read_by_article() -> None:
    regulation = read_regulation("YD1", OWN_TEXT)
    assert regulation.title == "尧都区信息督办办法"
    assert [(article.clause, article.label) for article in regulation.articles] == [
        ("YD1-1", "第一条"),
        ("YD1-10", "第十条"),
        ("YD1-10.1", "第十条（一）"),
        ("YD1-10.2", "第十条（二）"),
        ("YD1-103", "第一百零三条"),
    ]
    assert regulation.clause("YD1-10.2")[0].words == "（二）催办。\n每天一次。"
    assert len(regulation.clause("YD1-10")) == 3
    assert regulation.clause("YD1-1")[0].words == "第一条　本办法适用于全区。"


def test_sections_count_as_articles_where_there_are_none() -> None:
    regulation = read_regulation("X", "某制度\n前言\n一、任务来源\n(一)报告。\n十二、其他\n")
    assert [article.clause for article in regulation.articles] == ["X-1", "X-1.1", "X-12"]


@pytest.mark.parametrize("text", ["", "只有标题", "标题\n没有条文的一段话"])
def test_a_text_without_articles_has_none(text: str) -> None:
    assert read_regulation("X", text).articles == ()


@pytest.mark.parametrize("key", SHIPPED)
def test_every_anchor_of_a_page_is_an_article_and_the_other_way_round(key: str) -> None:
    text = (FOLDERS[0] / f"{key}.md").read_text("utf-8")
    clauses = [article.clause for article in shipped_law().regulation(key).articles]
    assert re.findall(r'<a id="([^"]+)"></a>', text) == clauses
    assert len(set(clauses)) == len(clauses)
    assert sum("." not in clause for clause in clauses) == COUNTED_BY_HAND[key]


def test_a_clause_says_its_own_words() -> None:
    words = shipped_law().words("SZ1-14")
    assert words.startswith("第十四条 承办单位未按时限要求提交反馈的")
    assert "逾期1天内每3小时提醒1次,逾期2天内每2小时提醒1次" in words
    assert shipped_law().words("SZ5-5.1").startswith("(一)不作为、慢作为")
    assert "兼职督查人员由" in shipped_law().words("SZ6-5")


def test_whatever_must_be_built_and_whatever_a_policy_cites_is_in_the_text() -> None:
    cited = set(DEMANDED)
    for file in shipped_policies().values():
        cited |= {source.clause for source in file.sources}
        for _, policy in file.versions:
            for row in policy.schedule:
                cited |= {row.clause, *row.clause_on.values()}
    assert sorted(clause for clause in cited if not shipped_law().words(clause)) == []


@pytest.mark.parametrize(
    ("clause", "says"),
    [
        ("SZ1-99", "《“13710”信息督办系统使用管理暂行办法》没有“SZ1-99”。可以查：SZ1-1 至 SZ1-27。"),
        ("SZ1-13.9", "可以查：SZ1-13 至 SZ1-13.3。"),
        ("SZ1-3.1", "可以查：SZ1-3。"),
        ("民法典-201", "没有“民法典-201”这部制度。可以查：SZ1（"),
    ],
)
def test_an_unknown_clause_is_answered_with_what_there_is(clause: str, says: str) -> None:
    with pytest.raises(UnknownClauseError, match=re.escape(says)):
        shipped_law().articles(clause)
