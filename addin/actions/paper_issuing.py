"""督查单: the approval into 督办记录 and the Word files into a folder, both or neither; without an approval drafts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from addin import person, registering
from addin.dialogs.form import Values, in_words_of
from addin.dialogs.paper_form import paper_form
from addin.faults import AddinError
from addin.session import Session
from engine.facts.change import NewRow
from engine.facts.matter import Matter
from engine.files.file_names import file_name
from engine.files.outputs import OutputExists, Outputs
from engine.ledger.headings.columns import SUPERVISIONS
from engine.papers.escalation_paper import escalation_papers
from engine.policy.ladders import EscalationPaper
from engine.policy.words import words_for
from engine.rules.duties.cases import Cases

_OF_THE_PAPER = frozenset(("paper", "number"))


def issue_papers(session: Session) -> None:
    """督查单: what the regime calls so; one a matter (一事一单)."""
    matters = session.selected()
    registering.must_be_open(matters, "督查单")
    papers = _offered(session, matters)
    form = paper_form(matters, papers, session.now, person.name())
    values = session.desk.show_form(in_words_of(form, SUPERVISIONS.key, words_for(session.policy)))
    if values is None:
        return
    rows = _rows(session, matters, values)
    files = _files(session, matters, values, rows)
    mark, folder = str(values["paper"]), files[0][0].parent
    try:
        if values["approved_at"]:
            with Outputs((session.path,)).create_all(files):
                session.write("督查单", [], rows, [matter.number for matter in matters])
            said = f"已登记{len(files)}张{mark}并保存，请核对后印发；短信由后台随后发出。"
        else:
            folder.mkdir(exist_ok=True)
            Outputs((session.path,)).replace(*files)
            said = f"已生成{len(files)}份{mark}草稿，台账没有改动。批准后再点“督查单”登记。"
    except OutputExists as fault:
        raise AddinError(f"“{folder.name}”文件夹里已有同名的文件。请核对并移走旧文件，再点“督查单”。") from fault
    except OSError as fault:
        raise AddinError(f"“{folder.name}”文件夹写不进去。请检查网络和权限，再点“督查单”。") from fault
    session.inform(f"{said}文件在“{folder.name}”文件夹。")
    session.desk.open(folder)


def _offered(session: Session, matters: Sequence[Matter]) -> Mapping[str, EscalationPaper]:
    """The papers of every selected matter's regime. Raises AddinError where there is none."""
    cases = Cases(session.ledger, session.policies, session.now)
    of_each = [cases.policy_of(matter).papers for matter in matters]
    offered = {mark: paper for mark, paper in of_each[0].items() if all(mark in papers for papers in of_each)}
    if not offered:
        raise AddinError("这些事项的制度没有规定督查单。要用的，请在制度文件里写明（手册“自己的制度”一章）。")
    return offered


def _rows(session: Session, matters: Sequence[Matter], values: Values) -> list[NewRow]:
    """The acts of 督办记录; what is not filled in is left out, as an older book has no 报送期限."""
    cases, mark = Cases(session.ledger, session.policies, session.now), str(values["paper"])
    acted = {name: value for name, value in values.items() if value is not None and name not in _OF_THE_PAPER}
    return [
        NewRow(
            SUPERVISIONS.key,
            {**acted, "matter": matter.number, "at": session.now, "method": cases.policy_of(matter).rungs[mark].act},
        )
        for matter in matters
    ]


def _files(
    session: Session, matters: Sequence[Matter], values: Values, rows: Sequence[NewRow]
) -> list[tuple[Path, bytes]]:
    """The Word files, as they will be once the acts are on record. Raises AddinError, NoPaperError."""
    mark = str(values["paper"])
    cases = Cases(registering.with_supervisions(session.ledger, rows), session.policies, session.now)
    made = escalation_papers(cases, [matter.number for matter in matters], mark, str(values["number"] or ""))
    void = [one.matter for one in made if not one.ordinal]
    if values["approved_at"] and void:
        raise AddinError(
            f"{'、'.join(void)}号事项的{mark}还不能下发，没有登记。"
            "请核对：事项已编号盖时限、没有办结，批准时间不晚于现在，批准人的职务有权批准。"
        )
    return [(session.path.parent / file_name(mark) / one.file_name(mark), one.content) for one in made]
