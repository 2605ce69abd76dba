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
    for source in file.sources:
        if source.clause.startswith(f"{file.document}-") and not regulation.clause(source.clause):
            line = line_of(source.path, lines)
            where = f"第{line}行 " if line else ""
            yield f"{where}“{source.path}”引用的 {source.clause} 在《{regulation.title}》里没有。请核对条款"
    for index, row in enumerate(file.versions[-1][1].schedule):
        if row.clause.startswith(f"{file.document}-") and not regulation.clause(row.clause):
            kinds = "、".join(kind.value for kind in row.duty)
            line = line_of(f"schedule.{index}.clause", lines)
            where = f"第{line}行 " if line else ""
            yield f"{where}“{kinds}”的提醒引用的 {row.clause} 在《{regulation.title}》里没有。请核对条款"
