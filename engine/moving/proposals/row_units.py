"""The units of a source row, and the people who stand beside them."""

from collections.abc import Sequence
from dataclasses import replace

from engine.moving.proposals.draft import Draft
from engine.moving.proposals.model import Contact, Word, WordKind
from engine.moving.values.people import PersonRead, read_person
from engine.moving.values.reading import ReadValue
from engine.moving.values.units import UnitQuestion

NEW_UNIT = "新增到通讯录"


def read_units(draft: Draft) -> None:
    """Who leads and who co-operates; a cell that names only groups leaves the lead to a person."""
    reader = draft.reader
    both = draft.text("unit_and_people")
    lead_text, other_text = draft.text("lead_unit") or _only_units(both), draft.text("cooperating_units")
    leading = reader.units.read(lead_text, leads=True) if lead_text else None
    helping = reader.units.read(other_text, leads=False) if other_text else None
    lead = [*(leading.lead if leading else ()), *(helping.lead if helping else ())]
    others = [*(leading.cooperating if leading else ()), *(helping.cooperating if helping else ())]
    groups = [*(leading.groups if leading else ()), *(helping.groups if helping else ())]
    for read, text, name in ((leading, lead_text, "lead_unit"), (helping, other_text, "cooperating_units")):
        if read and (read.left or read.groups):
            draft.note(draft.heading(name) or draft.heading("unit_and_people"), text)
    if lead:
        draft.cells["lead_unit"] = named_units(draft.words, lead[:1])
        others = [*lead[1:], *others]
    elif lead_text:
        draft.cells["lead_unit"] = ReadValue(None, f"“{lead_text}”没有写明谁牵头")
        draft.require_decision(f"“{lead_text}”没有写明由哪个单位牵头")
    others = [one for one in dict.fromkeys(others) if one not in lead[:1]]
    if others:
        found = named_units(draft.words, others)
        for group in dict.fromkeys(groups):
            draft.words.append(Word(WordKind.GROUP, group, "展开为各成员单位", "按群组展开为通讯录里的各单位"))
        if groups and found.is_certain:
            found = ReadValue(found.value, f"“{'、'.join(dict.fromkeys(groups))}”按群组展开")
        draft.cells["cooperating_units"] = found


def _only_units(text: str) -> str:
    """责任单位及责任人 in one cell: what stands before the first person or number."""
    pieces = [piece for piece in text.replace("\n", " ").replace("，", " ").split(" ") if piece]
    units = [piece for piece in pieces if piece.endswith(tuple("局委办府部院会队心社行司室厅")) or "：" in piece]
    return "、".join(units) or (pieces[0] if pieces else "")


def named_units(words: list[Word], names: Sequence[str | UnitQuestion]) -> ReadValue:
    """Names as a cell holds them; those that the directory lacks are put to a person once, however often named."""
    texts = [name.text if isinstance(name, UnitQuestion) else name for name in names]
    asked = [name for name in names if isinstance(name, UnitQuestion)]
    for one in asked:
        why = "通讯录里没有，可能是简称" if one.offers else "通讯录里没有"
        proposed = one.offers[0] if one.offers else NEW_UNIT
        words.append(Word(WordKind.UNIT, one.text, proposed, why, (*one.offers, NEW_UNIT)))
    why = "、".join(f"“{one.text}”不在通讯录" for one in asked)
    offers = tuple(dict.fromkeys(offer for one in asked for offer in one.offers))
    return ReadValue("、".join(texts), why, offers)


def read_people(draft: Draft) -> None:
    """The first 第一责任人 and 具体责任人 beside the lead unit; whoever cannot be placed stays in 备注."""
    lead = draft.cells.get("lead_unit")
    unit = str(lead.value) if lead and lead.value else ""
    both = draft.text("unit_and_people")
    after = both.replace("\n", " ").replace(_only_units(both), " ") if both else ""
    heads = _person(draft, ("head",), "head_mobile", "")
    contacts = _person(draft, ("contact", "contact_both"), "contact_mobile", after)
    for role, person, names in (
        ("head", heads, ("head", "head_mobile")),
        ("contact", contacts, ("contact", "contact_both", "contact_mobile", "unit_and_people")),
    ):
        if person is None:
            continue
        if unit and (person.name or person.mobile):
            draft.contacts.append(Contact(unit, role, person.name, person.mobile, person.why, person.needs_decision))
        for name in names:
            if draft.text(name) and (person.needs_decision or not unit):
                draft.note(draft.heading(name), draft.text(name))


def _person(draft: Draft, names: tuple[str, ...], mobile: str, more: str) -> PersonRead | None:
    text = " ".join(filter(None, (*(draft.text(name) for name in names), more)))
    number = draft.text(mobile)
    if not text and not number:
        return None
    person = read_person(f"{text} {number}")
    if text and any(character.isdigit() for character in draft.text(names[0])) and not number:
        return replace(person, why=person.why or "姓名一栏里写有电话，已按手机号取用")
    return person
