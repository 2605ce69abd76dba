"""督查单: the paper that a rung of a regime's escalation ladder issues, for one matter (一事一单).

A draft until its approval stands in 督办记录: the software writes it, an office prints, seals and sends it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.faults import DubanError
from engine.facts.settings import Settings
from engine.files.file_names import file_name
from engine.ledger.headings.columns import SUPERVISIONS
from engine.papers.notice_document import LAYOUTS
from engine.papers.official import Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment, topic
from engine.papers.reports import DRAFT, UNNUMBERED
from engine.policy.ladders import EscalationPaper
from engine.rules.duties.case import Case
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of


class NoPaperError(DubanError):
    """No paper was made; the message states the remedy in Chinese."""


class MadePaper(NamedTuple):
    """One paper of one matter as Word; ``ordinal`` of those of its mark that the matter was issued, 0 for a draft."""

    matter: str
    ordinal: int
    content: bytes

    def file_name(self, mark: str) -> str:
        """The name of its file: no issue takes the place of an earlier one, and no draft that of an issue."""
        more = " 草稿" if not self.ordinal else f" 第{self.ordinal}次" if self.ordinal > 1 else ""
        return f"{file_name(mark)} {file_name(self.matter)}{more}.docx"


class _Issue(NamedTuple):
    """A paper of one matter: its duty where it was issued, and what the act that issued it demands."""

    duty: Duty | None
    demand: str


def escalation_papers(cases: Cases, numbers: Sequence[str], mark: str, number: str = "") -> list[MadePaper]:
    """The paper ``mark`` of each matter by its 事项编号, under the document number ``number`` where one is given.

    Raises: NoPaperError: the ledger names no office, the regime has no such paper, a matter is unknown, or a number is
    wanted for more than one paper or for one that was not approved.
    """
    settings = cases.ledger.settings
    if not settings.office_name:
        raise NoPaperError(f"「参数设置」里没有填“单位名称”，{mark}不能落款。请填写本单位全称，再生成。")
    wanted = list(dict.fromkeys(one.strip() for one in numbers))
    if number and len(wanted) > 1:
        raise NoPaperError(f"一事一单：给了文号，只能写一个事项编号，现写了{len(wanted)}个。请逐件编号。")
    matters = {matter.number: matter for matter in cases.ledger.matters}
    if unknown := [one for one in wanted if one not in matters]:
        raise NoPaperError(f"台账中没有事项 {'、'.join(unknown)}。请核对编号。")
    return [_made(cases.of(matters[one]), mark, number, settings) for one in wanted]


def _made(case: Case, mark: str, number: str, settings: Settings) -> MadePaper:
    paper = case.policy.papers.get(mark)
    if paper is None:
        known = "、".join(case.policy.papers)
        offered = f"督查单有：{known}" if known else "没有规定督查单"
        raise NoPaperError(f"“{case.policy.regime}”没有“{mark}”（{offered}）。请核对名称或制度文件。")
    issue = _issue(case, mark)
    if number and issue.duty is None:
        raise NoPaperError(
            f"{case.matter.number}号事项的{mark}还没有批准的记录，不能编号。请先在「{SUPERVISIONS.name}」登记，写明批准人、"
            "职务和批准时间；或者去掉文号，先生成草稿。"
        )
    content = _docx(case, paper, issue, number, settings)
    return MadePaper(case.matter.number, issue.duty.ordinal if issue.duty else 0, content)


def _issue(case: Case, mark: str) -> _Issue:
    """The latest paper of that mark; the one that is being asked for, where its act is not approved yet."""
    owed = [one for one in duties_of(case) if one.kind is DutyKind.SUPERVISION_PAPER and one.name == mark]
    acts = [
        act for act in case.records.supervisions if (rung := case.policy.rung_of_act(act.method)) and rung.mark == mark
    ]
    asked_for = bool(acts) and acts[-1].approved_at is None
    return _Issue(None if asked_for or not owed else owed[-1], acts[-1].outcome if acts else "")


def _docx(case: Case, paper: EscalationPaper, issue: _Issue, number: str, settings: Settings) -> bytes:
    matter, at = case.matter, issue.duty.starts_at if issue.duty else case.at
    title = f"关于{topic([matter.content])}的{paper.title}"
    layout = LAYOUTS[case.policy.notice.form]
    document = OfficialDocument(layout, Head(settings.office_name, number or UNNUMBERED, title))
    document.address(issue.duty.owed_by if issue.duty else case.owner)
    document.text(paper.opening)
    document.heading("一、督查事项")
    due = f"{chinese_moment(issue.duty.due)}前" if issue.duty else f"自批准之日起{paper.within}内"
    for name, said in (
        ("事项编号", matter.number),
        ("事项内容", matter.content),
        ("办理要求", matter.requirement),
        ("督查要求", issue.demand),
        ("报送期限", due),
    ):
        if said:
            document.text(f"{name}：{' '.join(said.split())}".rstrip("。") + "。")
    if paper.demands:
        document.heading("二、有关要求")
        for line in paper.demands:
            document.text(line)
    document.sign(settings.office_name, at)
    if settings.phone:
        document.note(f"联系电话：{settings.phone}")
    if issue.duty is None:
        document.note(DRAFT)
    if layout is Layout.DOCUMENT:
        document.imprint(matter.responsible_leader, settings.office_name, at)
    return document.to_bytes()
