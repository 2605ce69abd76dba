"""The text of a regulation of one's own, where the policy file brings it, and the clauses that it does not have."""

from collections.abc import Iterator

from engine.law.articles import Regulation, read_regulation
from engine.policy.loading import PolicyFile
from engine.policy.toml_lines import line_of, lines_of


def own_regulation(file: PolicyFile) -> Regulation | None:
    """The regulation of a policy file; ``None`` where it brings no text."""
    return read_regulation(file.document, file.text) if file.document and file.text else None


def clause_faults(file: PolicyFile, text: str) -> Iterator[str]:
    """Each value that cites an article of the own regulation which that regulation does not have."""
    regulation, lines = own_regulation(file), lines_of(text)
    if regulation is None:
        return
    for path, what, clause in _cited(file):
        if clause.startswith(f"{file.document}-") and not regulation.clause(clause):
            line = line_of(path, lines)
            where = f"第{line}行 " if line else ""
            yield f"{where}{what}引用的 {clause} 在《{regulation.title}》里没有。请核对条款"


def _cited(file: PolicyFile) -> Iterator[tuple[str, str, str]]:
    """The path of each clause of the latest version, what cites it, and the clause."""
    yield from ((source.path, f"“{source.path}”", source.clause) for source in file.sources)
    policy = file.versions[-1][1]
    for index, row in enumerate(policy.schedule):
        yield f"schedule.{index}.clause", f"{'、'.join(kind.value for kind in row.duty)}的提醒", row.clause
    for index, band in enumerate(policy.light):
        yield f"light.{index}.clause", f"灯“{band.word}”", band.clause
    for index, rung in enumerate(policy.rung):
        yield f"rung.{index}.clause", f"标记“{rung.mark}”", rung.clause
    for index, limit in enumerate(policy.default_limit):
        yield f"default_limit.{index}.clause", "不填时限时", limit.clause
    for name, clause in policy.citations:
        yield f"citations.{name}", f"“citations.{name}”", clause
    for step, clause in policy.procedure.items():
        yield f"procedure.{step}", f"程序的{step}", clause
