"""Shows one of our windows, says ``ready`` when it has the focus, and prints its answer as JSON."""

import json
import sys
import tkinter
from datetime import datetime

from addin.dialogs import desk, forms, import_forms, progress, quarter_forms, reading, window
from addin.dialogs.form import Form
from engine.facts.finding import Place
from engine.facts.matter import Matter
from engine.facts.records import Report
from tests.clauses.builders import policy

NOW = datetime(2026, 3, 5, 9, 15)
MATTERS = [
    Matter(
        Place("matters", row),
        number=f"2026-日-{row:04d}",
        content="加快推进城区集中供热管网改造",
        lead_unit="市住房和城乡建设局",
        service_object="某小区业主委员会",
    )
    for row in (2, 3)
]
REPORTS = [
    Report(
        Place("reports", 2),
        "2026-日-0002",
        unit="市住房和城乡建设局",
        reported_at=datetime(2026, 3, 2, 9),
        content="已拟定方案，征求各县区意见，下周一前报市政府审定后印发执行。",
    )
]
FORMS: dict[str, Form] = {
    "notice": forms.notice_form(MATTERS, NOW),
    "report": forms.report_form(MATTERS[:1], NOW, "李四"),
    "return": forms.return_form(MATTERS[:1], REPORTS, NOW, "李四"),
    "extension": forms.extension_form(MATTERS[:1], NOW),
    "completion": forms.completion_form(MATTERS[:1], NOW, 3),
    "close_out": forms.close_out_form(MATTERS[:1], NOW, policy().close_out),
    "supervision": forms.supervision_form(MATTERS, NOW, "李四"),
    "score": quarter_forms.score_form({}, NOW),
    "import": import_forms.import_form("导入核对.xlsx", is_there=True, year=2026),
    "archive": quarter_forms.archive_form(["2025Q3", "2025Q4"]),
}
LONG = {"table": 0, "wide table": 1}


def say(word: str) -> None:
    print(word, flush=True)


def show_form(name: str) -> object:
    shown = window.FormWindow(FORMS[name])
    shown.first.bind("<FocusIn>", lambda event: say("ready"))
    for fault in shown._faults.values():
        fault.bind("<Map>", lambda event: say("fault"))
    desk.show(shown.root, shown.first)
    return shown.answer


def show_progress() -> list[bool]:
    """Whether the bar is on the screen while something is done, and afterwards."""
    with progress.working("正在读旧台账") as move:
        say("ready")
        move(1, 3)
        root = tkinter._default_root
        seen = bool(root.winfo_viewable())
    return [seen, tkinter._default_root is not None]


def show_reading(name: str) -> object:
    real = desk.show

    def show(root: object, first: object) -> None:
        first.bind("<FocusIn>", lambda event: say("ready"))
        root.update_idletasks()
        assert root.winfo_reqwidth() <= root.winfo_screenwidth()
        assert root.winfo_reqheight() <= root.winfo_screenheight()
        real(root, first)

    desk.show = show
    if name == "tell":
        return reading.inform("已下发 2 份通知：〔2026〕12号、〔2026〕13号。")
    if name == "confirm":
        return reading.confirm("交办短信已经发出，收不回来。仍要撤销吗？", "仍要撤销")
    rows = [
        (
            f"3月{day}日 09:30",
            "提醒",
            "市教育局 王某某",
            f"2026-日-{day:04d}",
            "SZ1-13.1",
            "请按时报送。" * day * LONG[name],
        )
        for day in range(1, 30)
    ]
    return reading.show_table(
        "预览短信", "今后24小时将发出29条短信。", ("时间", "类型", "收信人", "事项", "条款", "内容"), rows
    )


if __name__ == "__main__":
    kind = sys.argv[1]
    answer = show_form(kind) if kind in FORMS else show_progress() if kind == "progress" else show_reading(kind)
    say(json.dumps(dict(answer) if isinstance(answer, dict) else answer, default=str, ensure_ascii=False))
