"""积分事项: what people enter (SZ4-9.1, 10.1, 10.3, BS-9). The same faults void a row and are reported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.facts.finding import Severity
from engine.facts.matter import Matter
from engine.facts.points import PointEntry, PointKind
from engine.facts.records import PointItem
from engine.policy.citations import Citations
from engine.policy.policy import Policy
from engine.rules.duties.fault import Fault
from engine.rules.points.scored import COOPERATING, LEAD, tenths

_ITEMS = {kind.value: kind for kind in PointKind}
_LEVELLED = (PointKind.COMMENDED, PointKind.PROBLEM, PointKind.POOR_COOPERATION)


@dataclass(frozen=True, slots=True)
class Entered:
    """One row of 积分事项 with what it is judged by.

    ``matter`` is the matter that it names, if that stands in the ledger. ``in_scope``: the unit is one that is scored.
    ``doubled``: another row commends the same unit by the same document; ``ordinal`` counts rows of one ``subject``.
    ``names`` gives the name of an office that may be written by its alias.
    """

    item: PointItem
    policy: Policy
    now: datetime
    matter: Matter | None = None
    in_scope: bool = True
    doubled: bool = False
    ordinal: int = 1
    names: Callable[[str], str] = str

    @property
    def kind(self) -> PointKind | None:
        """What the row is for."""
        return _ITEMS.get(self.item.item)

    @property
    def cites(self) -> Citations:
        """The paragraph that each rule of the points cites."""
        return self.policy.citations

    def clause(self, path: str) -> str:
        """The paragraph of a policy value; empty where the regime states none, and so gives nothing for it."""
        return self.policy.clauses.get(path, "")

    @property
    def is_lead(self) -> bool:
        """Whether the unit answers as the lead unit."""
        return _role(self.item) == LEAD

    @property
    def scorer(self) -> str:
        """Who scores: as typed, else who may."""
        return self.item.scorer or self.allowed_scorers[0]

    @property
    def allowed_scorers(self) -> tuple[str, ...]:
        """SZ1-23, SZ4-12, SZ4-13: 督查室 for what supervision found; 立项主体 too for what concerns its matter."""
        office = self.policy.initiation.supervision_office
        own = self.matter.initiating_office if self.matter else ""
        if self.kind in _LEVELLED or not own:
            return (office,)
        return (own, office) if self.kind is PointKind.SLUGGISH else (office, own)


def amount(entered: Entered) -> tuple[float, str]:
    """SZ4-9.1, 9.2, 10.1, 10.3, BS-9: what one piece is worth, and the clause; ``(0, clause)`` where the policy gives
    nothing for it.
    """
    rules, lead = entered.policy.points, entered.is_lead
    match entered.kind:
        case PointKind.COMMENDED:
            if lead:
                return rules.commended_lead, entered.clause("points.commended_lead")
            return rules.commended_cooperating, entered.clause("points.commended_cooperating")
        case PointKind.PROBLEM:
            if lead:
                return rules.problem_lead, entered.clause("points.problem_lead")
            return rules.problem_cooperating, entered.clause("points.problem_cooperating")
        case PointKind.POOR_COOPERATION:
            if lead:
                return entered.item.discretionary_points or 0.0, _clause_of_discretion(entered)
            return rules.caused_cooperating, entered.clause("points.caused_cooperating")
        case PointKind.OBSTRUCTION:
            return rules.obstruction, entered.clause("points.obstruction")
        case PointKind.LATE_MATERIAL:
            return rules.late_material_per_day, entered.clause("points.late_material_per_day")
        case PointKind.CIRCULAR:
            return rules.circular.get(entered.item.case, 0.0), entered.clause("points.circular")
    return 0.0, ""


def _clause_of_discretion(entered: Entered) -> str:
    """SZ4-10.1: what bounds the points that a person decides on (``caused_lead``)."""
    return entered.clause("points.caused_lead")


def entry(entered: Entered) -> PointEntry | None:
    """The entry of one row; ``None`` for a row that only marks a matter, or that may not count."""
    item, kind = entered.item, entered.kind
    if kind is None or kind is PointKind.SLUGGISH or item.date is None or any(f.voids for f in faults(entered)):
        return None
    each, clause = amount(entered)
    by_decision = kind is PointKind.POOR_COOPERATION and entered.is_lead
    quantity = 1 if by_decision else item.quantity or 1
    pieces = f"，{quantity}{'天' if kind is PointKind.LATE_MATERIAL else '项'}" if quantity > 1 else ""
    said = "：".join(text for text in (item.document, item.explanation) if text)
    return PointEntry(
        item.unit,
        _role(item),
        item.matter,
        clause,
        kind,
        tenths(each * quantity),
        item.date.date(),
        f"{item.level}{kind}{pieces}" + (f"（{said}）" if said else ""),
        entered.scorer,
        None,
        f"{_cause(item)} {entered.ordinal}",
    )


def subject(item: PointItem) -> tuple[str, ...]:
    """What a row is about: rows about one subject are counted, or their entries would have one identity."""
    return (f"{item.date:%Y}" if item.date else "", item.unit, _role(item), item.item, item.matter, _cause(item))


def _role(item: PointItem) -> str:
    """As the lead unit, unless the row states otherwise."""
    return COOPERATING if item.role == COOPERATING else LEAD


def _cause(item: PointItem) -> str:
    day = f"{item.date:%m-%d}" if item.date else ""
    return " ".join(part for part in (day, item.document, item.case) if part)


def faults(entered: Entered) -> Iterator[Fault]:
    """All that is wrong with one row, in the order of its columns."""
    for paragraph in FAULTS:
        yield from paragraph(entered)


def _dated(entered: Entered) -> Iterator[Fault]:
    """SZ4-11: the date decides the quarter."""
    at, clause = entered.item.date, entered.cites.score_quarters
    if at is None:
        yield Fault("date", "item_without_date", clause, "没有填日期，不能计入季度，未计分。", "请补填。", voids=True)
    elif at > entered.now:
        problem = f"日期 {at:%Y-%m-%d} 还没有到，未计分。"
        yield Fault("date", "item_ahead", clause, problem, "请核对日期。", voids=True)


def _of_a_scored_unit(entered: Entered) -> Iterator[Fault]:
    """SZ4-2, BS-9: who is scored."""
    clause = entered.cites.scored_units
    if not entered.item.unit:
        problem, remedy = "没有填单位，或通讯录里没有这个单位，未计分。", "请填「单位通讯录」里的单位名或别名。"
        yield Fault("unit", "item_without_unit", clause, problem, remedy, voids=True)
    elif not entered.in_scope:
        problem = f"“{entered.item.unit}”不在积分范围内，未计分。"
        remedy = "积分对象是县区、开发区、市直部门和驻朔单位，请核对单位和它在「单位通讯录」中的类别。"
        yield Fault("unit", "item_out_of_scope", clause, problem, remedy, voids=True)


def _named(entered: Entered) -> Iterator[Fault]:
    """SZ4-5, 6, 7, 8, 9.1, 10.1, BS-9: what it is for, in which role, and whose supervision found it."""
    item = entered.item
    if entered.kind is None:
        problem, remedy = "没有填积分的事由，未计分。", "请从下拉列表中选择。"
        yield Fault("item", "item_without_kind", entered.cites.point_items, problem, remedy, voids=True)
    elif entered.kind in _LEVELLED:
        if not item.role:
            problem, remedy = "没有填牵头还是配合，分值不同，未计分。", "请从下拉列表中选择。"
            yield Fault("role", "item_without_role", amount(entered)[1], problem, remedy, voids=True)
        levels = entered.policy.points.levels
        if item.level not in levels and levels:
            stated = f"“{item.level}”不在规定的层级之内" if item.level else "没有填是哪一级的督查或表彰"
            problem, remedy = f"{stated}，未计分。", f"请选{'、'.join(levels)}；够不上这些层级的不计分，请删去这一行。"
            voids = entered.policy.acts.below_rank_is_void
            yield Fault("level", "item_without_level", amount(entered)[1], problem, remedy, voids)


def _within_its_clause(entered: Entered) -> Iterator[Fault]:
    """SZ4-10.1: 0, or from 1 to 3 points off, decided by a person; every other amount is the policy's."""
    item, (worst, mildest) = entered.item, entered.policy.points.caused_lead
    decided = item.discretionary_points
    if not (entered.kind is PointKind.POOR_COOPERATION and item.role == LEAD):
        if decided is not None:
            problem = f"只有“{PointKind.POOR_COOPERATION}”的牵头单位才酌定分值，这里按标准计分，没有采用 {decided:g}。"
            yield Fault(
                "discretionary_points",
                "discretion_unused",
                _clause_of_discretion(entered),
                problem,
                "请清空酌定分值。",
                severity=Severity.HINT,
            )
        return
    remedy = f"不予减分填 0，酌情减分填 {mildest:g} 至 {worst:g}，到一位小数。"
    if decided is None:
        yield Fault(
            "discretionary_points",
            "discretion_missing",
            _clause_of_discretion(entered),
            "没有填酌定分值，未计分。",
            f"请由督查室酌定：{remedy}",
            voids=True,
        )
    elif (decided and not worst <= decided <= mildest) or abs(decided * 10 - round(decided * 10)) > 1e-9:
        problem = f"酌定分值 {decided:g} 超出规定的范围，未计分。"
        clause = _clause_of_discretion(entered)
        yield Fault("discretionary_points", "discretion_out_of_range", clause, problem, remedy, voids=True)


def _counted(entered: Entered) -> Iterator[Fault]:
    """SZ4-9, SZ4-10, SZ4-10.3: so many pieces, at least one."""
    quantity = entered.item.quantity
    if quantity is not None and quantity < 1:
        problem, remedy = f"数量 {quantity} 不对，未计分。", "请填1以上的整数；迟报材料填迟报的天数，不满1天按1天。"
        yield Fault("quantity", "item_quantity", entered.cites.point_quantity, problem, remedy, voids=True)


def _marks_a_matter(entered: Entered) -> Iterator[Fault]:
    """SZ4-9.2: 推动不力 concerns one matter (reading 15)."""
    if entered.kind is PointKind.SLUGGISH and entered.matter is None:
        problem, remedy = "推动不力须指明是哪一项，台账中没有这个编号，未采用。", "请填事项编号。"
        yield Fault("matter", "sluggish_without_matter", entered.cites.sluggish, problem, remedy, voids=True)
    elif entered.item.matter and entered.matter is None:
        problem = f"台账里没有事项 {entered.item.matter}。"
        remedy = "请核对编号；与具体事项无关的请清空。"
        yield Fault("matter", "item_unknown_matter", entered.cites.sluggish, problem, remedy, severity=Severity.HINT)


def _documented(entered: Entered) -> Iterator[Fault]:
    """SZ4-9.1, SZ4-12: each score carries its evidence; one document commends a unit once."""
    item = entered.item
    if entered.doubled:
        problem = f"同一份文件“{item.document}”的表彰已登记过，这一行未计分。"
        yield Fault(
            "document",
            "commended_twice",
            entered.cites.commendation,
            problem,
            "请删去重复的一行；确是两项的请改数量。",
            voids=True,
        )
    elif not (item.document or item.explanation):
        problem = "没有填依据文号，也没有依据说明。"
        yield Fault(
            "document",
            "item_without_evidence",
            entered.cites.supervision_scorer,
            problem,
            "请补填，以便核对。",
            severity=Severity.HINT,
        )


def _by_case(entered: Entered) -> Iterator[Fault]:
    """BS-9: three cases, and only where the policy knows a deduction."""
    if entered.kind is not PointKind.CIRCULAR:
        return
    clause = entered.clause("points.circular")
    if not entered.policy.points.circular:
        problem, remedy = "本台账的制度没有这一项扣分，未计分。", "请核对事由，或参数设置中的制度方案。"
        yield Fault("item", "circular_unknown", clause, problem, remedy, voids=True)
    elif entered.item.case not in entered.policy.points.circular:
        problem, remedy = "没有填是第九条的哪一种情形，未计分。", "请选一、二或三。"
        yield Fault("case", "circular_without_case", clause, problem, remedy, voids=True)


def _by_who_may(entered: Entered) -> Iterator[Fault]:
    """SZ4-12, SZ4-13: who scores what (reading 30)."""
    if entered.item.scorer and entered.names(entered.item.scorer) not in map(entered.names, entered.allowed_scorers):
        cites = entered.cites
        clause = cites.supervision_scorer if entered.kind in _LEVELLED else cites.matter_scorer
        problem = f"这一项应由{'或'.join(entered.allowed_scorers)}评分，“{entered.item.scorer}”无权评分，未计分。"
        yield Fault("scorer", "scorer_may_not", clause, problem, "请由有权的科室评分后改正。", voids=True)


FAULTS: tuple[Callable[[Entered], Iterator[Fault]], ...] = (
    _dated,  # SZ4-11
    _of_a_scored_unit,  # SZ4-2
    _named,  # SZ4-5 to 7, 9.1, 10.1
    _counted,  # SZ4-9, 10
    _within_its_clause,  # SZ4-10.1
    _marks_a_matter,  # SZ4-9.2
    _documented,  # SZ4-9.1, 12
    _by_case,  # BS-9
    _by_who_may,  # SZ4-12, 13
)
