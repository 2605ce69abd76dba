"""What the forms make of what is typed: every rule, without a window."""

import json
from datetime import datetime

import pytest

from addin.dialogs import forms
from addin.dialogs.form import EntryKind, Field, Form, in_words_of, read_form, shown
from addin.dialogs.window import two_columns
from engine.facts.finding import Place
from engine.facts.matter import Matter
from engine.facts.records import Report
from engine.ledger.headings.columns import RANKS
from engine.policy.loading import OwnText
from engine.policy.policy import Policy
from engine.policy.shelf import shelved
from engine.policy.words import words_for
from tests.clauses.builders import policy
from tests.policy.districts import THREE_COLOURS

NOW = datetime(2026, 3, 5, 9, 15)
MATTER = Matter(Place("matters", 2), number="2026-日-0001", content="供热管网改造", lead_unit="市住建局")
WITH_OBJECT = Matter(Place("matters", 3), number="2026-日-0002", lead_unit="市教育局", service_object="业主委员会")
REPORTS = [
    Report(
        Place("reports", 2),
        "2026-日-0001",
        unit="市教育局",
        reported_at=datetime(2026, 3, 2, 9),
        content="已拟定方案，征求各县区意见，下周一前报市政府审定后印发执行。",
    )
]


def filled(form: Form, **texts: str) -> dict[str, str]:
    return {**{field.name: field.default for field in form.fields}, **texts}


def faults(form: Form, **texts: str) -> set[str]:
    return set(read_form(form, filled(form, **texts))[1])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-03-05 17:30", datetime(2026, 3, 5, 17, 30)),
        ("２０２６年３月５日", datetime(2026, 3, 5)),
        ("2026/3/5 8:00", datetime(2026, 3, 5, 8, 0)),
        ("", None),
    ],
)
def test_times_are_read_as_in_the_ledger(typed: str, value: datetime | None) -> None:
    assert read_form(Form("t", "", (Field("at", "时间", EntryKind.MOMENT),)), {"at": typed}) == ({"at": value}, {})


@pytest.mark.parametrize("typed", ["明天", "3月5日", "2026-13-01"])
def test_a_time_that_cannot_be_told_says_how_to_write_it(typed: str) -> None:
    _, found = read_form(Form("t", "", (Field("at", "时间", EntryKind.MOMENT),)), {"at": typed})
    assert "2026-03-05 17:30" in found["at"]


def test_numbers_choices_and_required_fields() -> None:
    form = Form(
        "t",
        "",
        (
            Field("n", "次数", EntryKind.NUMBER),
            Field("c", "结果", EntryKind.CHOICE, choices=("同意",)),
            Field("x", "姓名", required=True),
        ),
    )
    assert read_form(form, {"n": "３x", "c": "不行", "x": " 　"})[1].keys() == {"n", "c", "x"}
    assert read_form(form, {"n": "3", "c": "同意", "x": " 王某 "}) == ({"n": 3, "c": "同意", "x": "王某"}, {})


def test_lines_keep_their_breaks_and_lose_invisible_characters() -> None:
    form = Form("t", "", (Field("x", "内容", EntryKind.LINES),))
    assert read_form(form, {"x": "一\u200b\n二\x0b\n"})[0] == {"x": "一\n二"}


@pytest.mark.parametrize(
    ("node", "wanted"), [("月报", True), ("季报", True), ("整改", True), ("1天", False), ("", False)]
)
def test_a_periodic_report_names_its_period(node: str, wanted: bool) -> None:
    form = forms.report_form([MATTER], NOW, "李四")
    assert ("period" in faults(form, node=node, content="已办")) is wanted
    assert not faults(form, node=node, content="已办", period="2026-03")


def test_defaults_come_from_the_selected_rows() -> None:
    form = forms.report_form([MATTER], NOW, "李四")
    defaults = {field.name: field.default for field in form.fields}
    assert (defaults["unit"], defaults["reported_at"], defaults["registrar"]) == (
        "市住建局",
        "2026-03-05 09:15",
        "李四",
    )
    several = forms.report_form([MATTER, WITH_OBJECT], NOW, "李四")
    assert next(field.default for field in several.fields if field.name == "unit") == ""


@pytest.mark.parametrize(("due", "good"), [("2026-03-04", False), ("2026-03-05", True), ("2026-03-06", True)])
def test_rectification_is_not_due_before_today(due: str, good: bool) -> None:
    form = forms.return_form([MATTER], REPORTS, NOW, "李四")
    assert (not faults(form, return_reason="数据不实", rectification_due=due)) is good


class TestExtension:
    form = forms.extension_form([MATTER], NOW)

    def test_long_running_needs_a_plan(self) -> None:
        assert faults(self.form, reason="工期长") == {"plan"}
        assert not faults(self.form, reason="工期长", plan="分三步")

    def test_another_deadline_must_be_named(self) -> None:
        assert faults(self.form, kind="调整期限", reason="汛期") == {"new_due"}

    def test_a_result_needs_who_agreed_and_when(self) -> None:
        assert faults(self.form, reason="工期长", plan="分三步", result="同意") == {"approver", "approved_at"}
        given = {"result": "同意", "approver": "张某", "approved_at": "2026-03-05"}
        assert not faults(self.form, reason="工期长", plan="分三步", **given)


class TestCompletion:
    """SZ1-15."""

    form = forms.completion_form([WITH_OBJECT], NOW, 3)

    def test_the_service_objects_opinion_is_needed_where_there_is_one(self) -> None:
        assert faults(self.form) == {"service_object_agrees"}
        assert not faults(forms.completion_form([MATTER], NOW, 3))
        assert not faults(self.form, service_object_agrees="同意")

    @pytest.mark.parametrize("wanted", [1, 3, 5])
    @pytest.mark.parametrize(("more", "enough"), [(-1, False), (0, True), (1, True)])
    def test_without_consent_as_many_talks_as_the_policy_wants_and_every_step(
        self, wanted: int, more: int, enough: bool
    ) -> None:
        steps = {
            "written_report_at": "2026-03-01",
            "office_agreed_at": "2026-03-02",
            "verification": "专家论证",
            "verified_at": "2026-03-03",
            "verdict": "可办结",
            "service_object_told_at": "2026-03-04",
        }
        form = forms.completion_form([WITH_OBJECT], NOW, wanted)
        given = {"service_object_agrees": "不同意", "talks": str(wanted + more), **steps}
        found = read_form(form, filled(form, **given))[1]
        assert found == ({} if enough else {"talks": f"不同意的，要先沟通{wanted}次以上。"})
        assert faults(form, **given | {"talks": ""}) == {"talks"}
        assert faults(self.form, service_object_agrees="不同意", talks="3") == set(steps)
        if enough:
            assert faults(form, **given | {"verdict": "不可办结"}) == {"verdict"}

    def test_where_the_policy_asks_for_no_consent_nobody_is_asked(self) -> None:
        form = forms.completion_form([WITH_OBJECT], NOW, 0)
        assert [field.name for field in form.fields] == ["applied_at"]
        assert not faults(form)


GRADED = {"grade": "良好", "grader": "甲", "grade_approver": "乙", "grade_approver_rank": "分管副秘书长"}
STEPS = {
    "requester": "甲",
    "requested_at": "2026-03-05 10:00",
    "reviewer": "乙",
    "reviewer_rank": "分管副秘书长",
    "reviewed_at": "2026-03-05 11:00",
    "finalizer": "丙",
    "finalizer_rank": "分管副市长",
    "finalized_at": "2026-03-05 12:00",
}


class TestCloseOut:
    """SZ1-17, 18."""

    form = forms.close_out_form([MATTER], NOW, policy().close_out)

    def test_completion_needs_every_step_in_order(self) -> None:
        assert faults(self.form, **GRADED, result="办结") == set(STEPS)
        assert not faults(self.form, **GRADED, **STEPS, result="办结")
        early = {**STEPS, "finalized_at": "2026-03-05 10:59"}
        assert faults(self.form, **GRADED, **early, result="办结") == {"finalized_at"}

    def test_a_failed_grade_can_only_be_sent_back(self) -> None:
        failed = {**GRADED, "grade": "不合格"}
        assert faults(self.form, **failed, **STEPS, result="办结") == {"result"}
        assert faults(self.form, **failed, result="退回") == {"rectification_due"}
        assert not faults(self.form, **failed, result="退回", rectification_due="2026-03-20")


def test_escalated_supervision_needs_an_approval() -> None:
    form = forms.supervision_form([MATTER], NOW, "李四")
    assert faults(form, method="重点督办") == {"approver", "approver_rank", "approved_at"}
    assert not faults(form, method="电话催办")


def test_the_notice_form_starts_ready_to_be_confirmed() -> None:
    assert not faults(forms.notice_form([MATTER], NOW))


def test_moments_are_shown_as_they_are_typed() -> None:
    assert shown(NOW) == "2026-03-05 09:15"
    assert shown(None) == ""


def test_a_rank_stands_in_the_column_of_its_person() -> None:
    form = forms.close_out_form([MATTER], NOW, policy().close_out)
    left, right = two_columns(form.fields)
    assert [*left, *right] == [*form.fields]
    for column in (left, right):
        labels = [field.label for field in column]
        assert all(label.removesuffix("职务") in labels for label in labels if label.endswith("职务"))


def choices_of(form: Form, sheet: str, under: Policy) -> dict[str, tuple[str, ...]]:
    return {field.name: field.choices for field in in_words_of(form, sheet, words_for(under)).fields if field.choices}


def test_dropdowns_speak_the_words_of_the_regime() -> None:
    own = shelved((OwnText("三色.toml", THREE_COLOURS.replace("[limits]", STATED + "[limits]")),))["三色"].on(
        NOW.date()
    )
    acts = choices_of(forms.supervision_form([MATTER], NOW, "李四"), "supervisions", own)
    assert "蓝色督查单" in acts["method"]
    assert acts["approver_rank"] == OWN_RANKS
    assert "红色督查单" in choices_of(forms.report_form([MATTER], NOW, "李四"), "reports", own)["node"]


def test_reports_of_a_regime_s_own_have_their_period_in_the_hint_and_need_one() -> None:
    form = forms.report_form([MATTER], NOW, "李四", {"旬报": "2026-03上旬"})
    usual = forms.report_form([MATTER], NOW, "李四")
    hint, usual_hint = (next(field.hint for field in one.fields if field.name == "period") for one in (form, usual))
    assert hint == usual_hint.replace("；其余留空", "，旬报填 2026-03上旬；其余留空")
    assert form.check({"node": "旬报", "period": None}) == {"period": "旬报要写明期次，如 2026-03上旬。"}
    assert form.check({"node": "旬报", "period": "2026-03上旬"}) == {}
    assert usual.check({"node": "旬报", "period": None}) == {}
    assert usual.check({"node": "月报", "period": None}) == {"period": "月报要写明期次，如 2026-03。"}


def test_dropdowns_of_a_shipped_regime_stay_as_they_are() -> None:
    for form, sheet in (
        (forms.supervision_form([MATTER], NOW, "李四"), "supervisions"),
        (forms.report_form([MATTER], NOW, "李四"), "reports"),
    ):
        assert in_words_of(form, sheet, words_for(policy())).fields == form.fields


OWN_RANKS = ("分管副县长", *RANKS)
STATED = f'[initiation]\nranks = {{ value = {json.dumps(OWN_RANKS, ensure_ascii=False)}, clause = "SM-3" }}\n'
