"""Signs that take more than the rules of one matter: points, ranking, clues, the archive, the briefing, the policy."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from engine.facts.points import Quarter
from engine.papers.archive import Material, archive
from engine.papers.points_export import export_quarter
from engine.review.briefing import briefing
from engine.review.statistics import statistics
from engine.rules.duties.paragraphs import duties_of
from engine.rules.points.accountability import clues, ungraded
from engine.rules.points.entered import entry
from engine.sample import DEMO_NOW
from engine.sample.words import Regime
from engine.scores.ranking_clues import ranking_clues
from engine.scores.scorebook import Scorebook, scorebook
from engine.scores.scoring import UnitScore, quarter_scores, year_scores
from tests.clauses.builders import NothingSent, policies, policies_with
from tests.clauses.sample_signs import NEXT_YEAR, SampleScene, Sign


def _book(scene: SampleScene, at: datetime = DEMO_NOW) -> Scorebook:
    return scorebook(scene.ledger, policies(), at, {})


def _quarter(scene: SampleScene, quarter: Quarter) -> dict[str, UnitScore]:
    book = _book(scene)
    return {one.unit: one for one in quarter_scores(book.entries, book.account, quarter)}


def moves_the_quarter(scene: SampleScene) -> bool:
    """The unit's score of the quarter is the base and the matter's points."""
    if scene.matter is None:
        return False
    for one in scene.entries():
        score = _quarter(scene, one.quarter)[scene.matter.lead_unit]
        if score.total and score.score == score.base + score.total == 100 + score.total:
            return True
    return False


def ranks_the_year(scene: SampleScene) -> bool:
    """The unit stands in the year's ranking, with points."""
    book, year = _book(scene), DEMO_NOW.year
    scores = year_scores(book.entries, book.account, year, DEMO_NOW.date())
    return scene.matter is not None and any(one.unit == scene.matter.lead_unit and one.total for one in scores)


def in_scope(scene: SampleScene) -> bool:
    """The lead unit is scored, the 立项主体 is not."""
    units = scene.account().units
    return scene.matter is not None and scene.matter.lead_unit in units and scene.matter.initiating_office not in units


def scored_by(office: str) -> Sign:
    """The entries of the matter are scored by this office; empty: by its 立项主体."""
    return lambda scene: any(
        one.scorer == (office or (scene.matter and scene.matter.initiating_office))
        for one in scene.entries()
        if one.matter
    )


def exported(scene: SampleScene) -> bool:
    """The export for the annual assessment names the matter."""
    return any(
        scene.number in export_quarter(one.quarter, tuple(_quarter(scene, one.quarter).values()), [one]).csv.decode()
        for one in scene.entries()
    )


def archived(scene: SampleScene) -> bool:
    """Its papers go into one zip."""
    if scene.matter is None:
        return False
    material = Material(scene.ledger, (), NothingSent(), {})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "归档.zip"
        path.write_bytes(archive(material, scene.matter, policies(), DEMO_NOW))
        names = {name.rpartition("/")[2] for name in ZipFile(path).namelist()}
    return names >= {"反馈记录.csv", "办结审核.csv", "办理通知.docx"}


def moves_with_the_policy(scene: SampleScene) -> bool:
    """A deadline is another one under another policy value."""
    if scene.matter is None:
        return False
    before, case = {duty.due for duty in scene.duties()}, scene.case()
    under = policies_with("nodes.month", "thirty_days")[Regime.SHUOZHOU].on(DEMO_NOW.date())
    return before != {duty.due for duty in duties_of(replace(case, policy=under))}


def long_running(scene: SampleScene) -> bool:
    """It is 持续推进."""
    return scene.matter is not None and scene.case().standing.long_running_since is not None


def to_be_graded(clause: str) -> Sign:
    """Its unit is still to be graded, with the matter's grade as evidence."""
    return lambda scene: any(
        one.clause == clause and scene.number in one.evidence for one in ungraded(scene.account(), DEMO_NOW.year)
    )


def clue(clause: str, at: datetime = DEMO_NOW) -> Sign:
    """The engine proposes a clue."""
    return lambda scene: any(one.clause == clause and one.matter == scene.number for one in clues(scene.account(at)))


def graded_points(scene: SampleScene) -> bool:
    """The grade brings points, and only with its 审定."""
    with_grade = [one for one in scene.entries() if one.kind.value.startswith("办结")]
    unsettled = scene.with_records("completions", grade_approved_at=None, grade_approver="")
    return bool(with_grade) and not [one for one in unsettled.entries() if one.kind.value.startswith("办结")]


def level(level: str) -> Sign:
    """An item of this level of supervision counts."""
    return lambda scene: any(one.item.level == level and entry(one) is not None for one in scene.account().entered)


def two_years_last(scene: SampleScene) -> bool:
    """A unit below the base was among the last two, two years running."""
    return any(one.clause == "SZ4-14" for one in ranking_clues(_book(scene, NEXT_YEAR), 2026))


def on_the_agenda(scene: SampleScene) -> bool:
    """The meeting is told of it."""
    told_of = briefing(scene.ledger, policies(), NothingSent(), DEMO_NOW).overdue
    return any(one.matter.number == scene.number for one in told_of)


def in_the_statistics(scene: SampleScene) -> bool:
    """Its lead unit is told of, with this matter."""
    told = statistics(scene.ledger, policies(), datetime(2026, 1, 1), NEXT_YEAR, DEMO_NOW)
    units = {one.name for one in dict(told.by)["承办单位"]}
    return (
        scene.matter is not None
        and scene.matter.lead_unit in units
        and scene.number in {one.number for one in told.matters}
    )
