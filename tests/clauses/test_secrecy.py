"""SZ1-3 严禁纳入涉密事项；BS-11 同。密级只能为空或“非密”；文中的密级标志拦住立项，句子里的普通用词不拦。"""

from dataclasses import fields
from string import Formatter

import pytest

from engine.facts.matter import Matter
from engine.rules.checks import initiation, secrecy
from engine.rules.checks.secrecy import marking
from engine.sample.words import Regime
from tests.clauses.builders import baoshan, findings, policy, proposal, rules
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, taken_out

pytestmark = clause("SZ1-3")


@pytest.mark.parametrize("level", ["", "非密"])
def test_密级为空或非密_可以立项(level: str) -> None:
    assert rules(proposal(secrecy=level)) == []


@pytest.mark.parametrize("level", ["秘密", "机密", "绝密", "机密★1年", "秘密★", "内部", "不涉密"])
def test_密级填了别的_不得立项(level: str) -> None:
    [found] = findings(proposal(secrecy=level))
    assert (found.rule, found.clause, found.place.field, found.is_error) == (
        "classified_level",
        "SZ1-3",
        "secrecy",
        True,
    )
    assert level in found.problem


MARKED = {
    "带星号和期限": "机密★1年 关于某事",
    "只带星号": "关于某事 秘密★",
    "星号在前": "★绝密",
    "空心星号": "机密☆6个月",
    "键盘上的星号": "秘密*长期",
    "字间空格": "机 密★1年",
    "圆括号独用": "关于某事的通知（秘密）",
    "方括号独用": "[机密]关于某事",
    "鱼尾括号带级": "【绝密级】关于某事",
    "括号里写件": "关于某事（秘密件）",
    "写明密级": "密级：秘密",
    "写明密级无冒号": "密级 机密 关于某事",
    "句末写明密级": "本件密级为机密。",
    "独占一行": "秘密\n关于某事的通知",
    "行首加空格": "机密　关于某事的通知",
    "行末加空格": "关于某事的实施方案 秘密",
    "行首加冒号": "机密：关于某事",
    "文号之前": "秘密〔2026〕3号",
}
ORDINARY = {
    "保守秘密": "组织学习保守国家秘密的规定，严防失泄密。",
    "商业秘密": "开展商业秘密保护专项行动",
    "法律名称": "宣传《中华人民共和国保守国家秘密法》",
    "句中列举": "不得上传绝密、机密、秘密级文件",
    "括号里列举": "按等级（绝密、机密、秘密）分类管理",
    "括号里另有字": "清理涉密载体（含国家秘密）",
    "引号里提到": "排查标有“机密”字样的旧文件",
    "密级修饰别的词": "不得登记密级为机密的文件",
    "词尾": "检查机密性、完整性",
    "密字他用": "密切配合，精密加工",
    "以它开头的句子": "机密文件柜更换",
}


@pytest.mark.parametrize("text", MARKED.values(), ids=MARKED.keys())
@pytest.mark.parametrize("field", ["content", "requirement", "note", "source_number"])
def test_文中有密级标志_不得立项(field: str, text: str) -> None:
    [found] = findings(proposal(**{field: text}))
    assert (found.rule, found.clause, found.place.field, found.is_error) == (
        "classified_marking",
        "SZ1-3",
        field,
        True,
    )


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_句子里的普通用词_不算标志(text: str) -> None:
    assert rules(proposal(content=text)) == []


def test_标志按原样引出() -> None:
    words = policy().initiation.secrecy_marks
    assert marking("关于某事 机 密★ 1年 的通知", words) == "机 密★ 1年"
    assert marking("关于某事", words) == ""


def test_已办结的事项也不得含密级标志() -> None:
    [found] = findings(proposal(content="（秘密）", completed_at="2026-03-02", lead_unit=""))
    assert found.rule == "classified_marking"


def test_保山按自己的条款() -> None:
    assert [found.clause for found in findings(baoshan(secrecy="秘密"), regime=Regime.BAOSHAN)] == ["BS-11"]


def test_短信模板不带事项的任何文字() -> None:
    texts = {item.name for item in fields(Matter) if item.type is str} - {"number"}
    for regime in Regime:
        for text in policy(regime).texts.values():
            assert not texts & {name for _, name, _, _ in Formatter().parse(text)}


MUTANTS = (
    taken_out("SZ1-3", initiation, "CHECKS", secrecy.nothing_classified),
    policy_value("SZ1-3", "initiation.secrecy_marks", []),
    policy_value("SZ1-3", "initiation.secrecy_allowed", ["", "非密", "秘密", "机密", "绝密"]),
)
