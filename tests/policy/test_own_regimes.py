"""A regime of one's own: based on another, refused with every fault and its line, or as good as a shipped one."""

from datetime import date
from pathlib import Path

import pytest

from engine.facts.duty_kinds import DutyKind
from engine.policy.inherited import inherited_words
from engine.policy.loading import parse_policy, shipped_policies
from engine.policy.portrayal import differences, portrayed
from engine.policy.shelf import OwnText, checked, shelved
from engine.policy.starter import starter_text
from engine.sample.words import Regime
from engine.service.policies import PolicyFileError, own_text, policies_for

DAY = date(2026, 3, 2)
HEAD = 'regime = "尧都"\ntitle = "尧区政办发〔2017〕104号"\nbased_on = "{base}"\nin_force_from = 2017-12-01\n'


def own(body: str = "", base: str = "朔州") -> OwnText:
    return OwnText("尧都.toml", HEAD.format(base=base) + body)


def faults(body: str = "", base: str = "朔州", *beside: OwnText) -> list[str]:
    return checked(own(body, base), beside)[1]


@pytest.mark.parametrize("base", Regime)
def test_a_regime_that_states_nothing_is_its_base(base: Regime) -> None:
    ours, theirs = shelved((own(base=base),))["尧都"].on(DAY), shipped_policies()[base].on(DAY)
    told = theirs.model_copy(update={"regime": "尧都", "title": ours.title})
    assert ours == told
    assert [line for line, _ in differences(ours, theirs) if line and line.path != "title"] == []


def test_the_starter_changes_nothing_but_its_title() -> None:
    base = shipped_policies()["朔州"].on(DAY)
    found, said = checked(OwnText("尧都.toml", starter_text("尧都", base)))
    assert said == []
    assert found
    assert [ours.path for ours, _ in differences(found.on(DAY), base) if ours] == ["title"]


def test_a_stated_value_replaces_the_base() -> None:
    ours = shelved((own('[bands]\nnear_hours = { value = 12, clause = "YD1-9" }\n'),))["尧都"].on(DAY)
    assert (ours.bands.near_hours, ours.bands.first_hours) == (12, 24)
    assert (ours.clauses["bands.near_hours"], ours.clauses["bands.first_hours"]) == ("YD1-9", "SZ1-14")


def test_stating_a_kind_of_duty_replaces_its_whole_timetable_and_no_other() -> None:
    body = (
        '[[schedule]]\nduty = "节点"\nkind = "提醒"\nslots = ["-1d"]\nto = ["承办单位:具体责任人"]\n'
        'text = "到期提醒"\nclause = "YD1-9"\n'
    )
    found = shelved((own(body),))["尧都"].on(DAY)
    kinds = {kind.value: [row.slots for row in found.schedule if kind in row.duty] for kind in DutyKind}
    assert kinds["节点"] == [("-1d",)]
    assert len(kinds["整改"]) == len([row for row in shipped_policies()["朔州"].on(DAY).schedule if "整改" in row.duty])


def test_what_is_left_out_is_gone() -> None:
    text = own().text.replace("in_force_from", 'without = ["points", "schedule.季报", "inspection"]\nin_force_from')
    ours = shelved((OwnText("尧都.toml", text),))["尧都"].on(DAY)
    assert (ours.points.base, ours.inspection.report_days) == (0, 0)
    assert not [row for row in ours.schedule if "季报" in row.duty]


def test_a_regime_may_be_based_on_another_of_one_s_own() -> None:
    below = OwnText("某镇.toml", HEAD.format(base="尧都").replace('regime = "尧都"', 'regime = "某镇"'))
    shelf = shelved((own('[bands]\nnear_hours = { value = 12, clause = "YD1-9" }\n'), below))
    assert shelf["某镇"].on(DAY).bands.near_hours == 12
    assert shelf["某镇"].fingerprint not in ("", shelf["尧都"].fingerprint)


def test_the_fingerprint_covers_what_a_regime_is_based_on() -> None:
    below = OwnText("某镇.toml", HEAD.format(base="尧都").replace('regime = "尧都"', 'regime = "某镇"'))
    first, second = (shelved((own(f"# {mark}\n"), below)) for mark in ("甲", "乙"))
    assert first["某镇"].fingerprint != second["某镇"].fingerprint


RUNG = '[[rung]]\nmark = "{}"\nact = "{}"\nclause = "YD1-9"\n'
BAD: dict[str, tuple[list[str], str]] = {
    "based on itself": (faults(base="尧都"), "第3行 以自己为基础，没有起点。请改 based_on"),
    "based on nothing known": (faults(base="平阳"), "第3行 找不到作为基础的制度“平阳”。可以是：朔州、保山"),
    "a cycle": (
        faults("", "某镇", OwnText("某镇.toml", HEAD.format(base="尧都").replace('"尧都"\ntitle', '"某镇"\ntitle'))),
        "第3行 互为基础：尧都→某镇→尧都，没有起点。请改 based_on",
    ),
    "two rungs of one mark": (
        faults(RUNG.format("红色督查单", "甲") + RUNG.format("红色督查单", "乙")),
        "升级标记“红色督查单”写了2次，各级请用不同的名称",
    ),
    "a rung that leads nowhere": (
        faults('[[rung]]\nmark = "红色督查单"\nclause = "YD1-9"\n'),
        "第5行 升级标记“红色督查单”到不了",
    ),
    "a fault in the second of two rungs": (
        faults(RUNG.format("红色督查单", "甲") + '[[rung]]\nmark = "蓝色督查单"\nclause = "YD1-9"\n'),
        "第9行 升级标记“蓝色督查单”到不了",
    ),
    "a board without approver": (
        faults('[initiation.board_marks]\n"招商" = { value = "招", clause = "YD1-8" }\n'),
        "第5行 版块“招商”没有写明谁可以审批立项，请在 approvers 补写",
    ),
    "a limit of nothing": (
        faults('[limits]\n"急件" = { value = "0天", clause = "YD1-9" }\n'),
        "第6行 时长“0天”为0，没有期限可言，请写1以上的数",
    ),
    "a limit without deadline": (
        faults('[limits]\n"急件" = { value = "马上", clause = "YD1-9" }\n'),
        "第6行 时长“马上”写法不对",
    ),
    "a light without its word and colour": (
        faults('[[light]]\nclause = "YD1-9"\n'),
        "第5行 “light.第1项.colour”缺少这一项：灯的颜色，如 D32F2F",
    ),
    "a colour that is none": (
        faults('[[light]]\nword = "绿"\nclause = "YD1-9"\ncolour = "绿色"\n'),
        "第8行 “light.第1项.colour”颜色“绿色”应写成六位的颜色码，如 548235（绿）",
    ),
    "lights of which none is for the closed": (
        faults('[[light]]\nword = "绿"\nclause = "YD1-9"\ncolour = "548235"\n'),
        "第5行 办结后的灯（closed = true）应当有一个，现有0个",
    ),
    "ranks by which nobody could close a matter": (
        faults('[initiation]\nranks = { value = ["县长"], clause = "YD1-3" }\n'),
        "第6行 谁可以审定办结：职务“分管副市长”“常务副市长”“市长”不在职务表 ranks（县长）里，"
        "请在 [close_out] 写明 final_ranks",
    ),
    "a rank that the list of ranks does not have": (
        faults('[close_out]\nfinal_ranks = { value = ["县长"], clause = "YD1-3" }\n'),
        "第6行 谁可以审定办结：职务“县长”不在职务表 ranks",
    ),
    "a rung that asks for none": (
        faults('[[rung]]\nmark = "甲"\nact = "甲"\nasks_for = "约谈"\nclause = "YD1-9"\n'),
        "第5行 升级标记“甲”要报批的“约谈”（asks_for）不是升级标记，升级标记是：甲",
    ),
    "a limit by a source that is none": (
        faults('[[default_limit]]\nsources = ["县长批示"]\nlimit = "3天"\nclause = "YD1-9"\n'),
        "第5行 不填时限时的来源“县长批示”没有，请核对 [initiation]",
    ),
    "an SMS without signature": (
        faults('[texts]\n"催办" = { value = "请办理编号{token}", clause = "YD1-9" }\n'),
        "短信模板“催办”要以短信签名【{signature}】开头",
    ),
    "a summary that is none": (
        faults(
            '[summaries."月报"]\nboards = { value = ["重点工作任务"], clause = "YD1-9" }\n'
            'clock = { value = "17:30", clause = "YD1-9" }\n'
        ),
        "第5行 “月报”不是书面小结，书面小结是：季报",
    ),
    "a summary of no board": (
        faults('[summaries."季报"]\nboards = { value = ["招商"], clause = "YD1-9" }\n'),
        "第6行 没有版块“招商”",
    ),
    "a day that no month has": (
        faults('[long_running]\nmonthly_day = { value = 31, clause = "YD1-9" }\n'),
        "第6行 “long_running.monthly_day”应不大于 28",
    ),
    "an unknown key": (faults('[bands]\nneer_hours = { value = 12, clause = "YD1-9" }\n'), "第6行 “bands.neer_hours”"),
    "a missing clause": (faults("[bands]\nnear_hours = { value = 12 }\n"), "第6行 “bands.near_hours”没有注明条款"),
    "a forbidden field": (
        faults('[texts]\n"催办" = { value = "请办理{content}编号{token}", clause = "YD1-9" }\n'),
        "不允许的字段：content",
    ),
    "dates that overlap": (
        faults(
            '[bands]\nnear_hours = { value = 12, clause = "甲", amended = [{ from = 2027-01-01, value = 8, '
            'clause = "乙" }, { from = 2027-01-01, value = 6, clause = "丙" }] }\n'
        ),
        "第6行 “bands.near_hours”的修订日期有重叠或次序颠倒",
    ),
    "what is left out and is not there": (
        checked(OwnText("尧都.toml", HEAD.format(base="朔州") + 'without = ["schedule.旬报"]\n'))[1],
        "第5行 基础制度里没有“schedule.旬报”，不用写进 without",
    ),
    "ten thousand rows": (faults("# \n" * 10_000), "超过5000行的上限"),
    "no TOML": (faults("[bands\n"), "第5行"),
}


@pytest.mark.parametrize(("found", "said"), BAD.values(), ids=BAD.keys())
def test_a_faulty_file_is_refused_with_line_and_remedy(found: list[str], said: str) -> None:
    assert [words for words in found if said in words], found


def test_what_stays_in_the_words_of_the_base_is_listed_until_it_is_stated() -> None:
    text = own('[notice]\nopening = { value = "根据本县办法。", clause = "YD1-9" }\n').text
    policy = shelved((OwnText("尧都.toml", text),))["尧都"].on(DAY)
    told = list(inherited_words(parse_policy(text), policy))
    assert [words.partition("照“朔州”：")[0] for words in told] == [
        "职务",
        "立项主体",
        "通知的要求",
        "办理时限依据的条款",
    ]
    assert told[-1] == "办理时限依据的条款照“朔州”：SZ1-13.1。不同的，请在 [citations] 写 nodes"


def test_all_faults_are_told_at_once() -> None:
    found = faults("[bands]\nnear_hours = { value = 12 }\nfar_hours = 3\n[nodes]\nmonth = 1\n")
    assert len(found) == 3
    assert [words.partition(" ")[0] for words in found] == ["第6行", "第7行", "第9行"]


def test_a_file_in_gbk_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "尧都.toml"
    file.write_bytes(own().text.encode("gbk"))
    with pytest.raises(PolicyFileError, match=r"第1行不是 UTF-8 编码（多半是 GBK）"):
        own_text(file)


def test_a_broken_file_stops_only_its_own_ledgers(tmp_path: Path) -> None:
    folder = tmp_path / "制度"
    folder.mkdir()
    (folder / "尧都.toml").write_text(own("[bands]\nnear_hours = 3\n").text, encoding="utf-8")
    found = policies_for(tmp_path / "台账.xlsx")
    assert set(found) == set(Regime)
    assert "near_hours" in getattr(found, "unreadable", {})["尧都"]


def test_every_rule_of_a_policy_is_told_in_chinese() -> None:
    lines = [line for regime in Regime for line in portrayed(shipped_policies()[regime].on(DAY))]
    untold = sorted({line.path for line in lines if line.rule.isascii()})
    assert untold == [], "请在 engine/policy/rule_words.py 补写"
