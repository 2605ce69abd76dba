"""短信负担 of a month (为基层减负) in words: what a leader reads first, and the lines of the tables."""

from engine.review.burden import Burden, MatterBurden, PersonBurden, Sparing, UnitBurden
from sms.numbers import mask_numbers

Line = tuple[str | int | float | None, ...]
TITLE = "短信负担"
PERSON_COLUMNS = ("单位", "收信人", "短信", "有短信的天数", "最多一天", "夜间", "休息日")
UNIT_COLUMNS = ("单位", "要求报送", "短信")
MATTER_COLUMNS = ("事项编号", "事项内容", "要求报送", "短信", "实际报送")


def summary(burden: Burden) -> list[str]:
    """What a leader reads first."""
    month = f"{burden.since:%Y年}{burden.since.month}月"
    if not burden.messages:
        return [f"{month}没有发出短信。"]
    lines = [
        f"{month}发给{burden.persons}人短信{burden.messages}条，有短信的日子平均每人每天{burden.daily:g}条，"
        f"最多的一人一天{burden.most}条。",
        f"其中夜间{burden.nights}条，休息日{burden.days_off}条；几件事合成一条的{burden.digests}条"
        f"（占{burden.digest_share:g}%）。",
    ]
    if burden.by_unit:
        named = "、".join(f"{one.unit}{one.asked}次" for one in burden.by_unit[:5])
        lines.append(f"要求报送较多的单位：{named}。")
    return [*lines, *map(hint, burden.hints)]


def hint(one: Sparing) -> str:
    """What a switch would have changed, for people to decide on."""
    if one.switch == "免打扰":
        spared = f"，其中{one.spared}条可以合并或不再发" if one.spared else ""
        return f"如果参数设置里“免打扰”为开：{one.moved}条夜间短信改到早上{spared}。是否打开，由本单位决定。"
    return f"如果同一时刻给同一人的几条合成一条（制度里的汇总条数改为2）：少发{one.spared}条。是否修改，由本单位决定。"


def person_line(one: PersonBurden) -> Line:
    """A person in the order of ``PERSON_COLUMNS``."""
    return (one.unit, one.name, one.messages, one.days, one.most, one.nights, one.days_off)


def unit_line(one: UnitBurden) -> Line:
    """A unit in the order of ``UNIT_COLUMNS``."""
    return (one.unit, one.asked, one.messages)


def matter_line(one: MatterBurden) -> Line:
    """A matter in the order of ``MATTER_COLUMNS``."""
    return (one.number, mask_numbers(one.content), one.asked, one.messages, one.handed_in)
