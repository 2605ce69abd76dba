"""What has to be registered with an SMS provider, and whether a year of real texts keeps within its limits."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Any

from engine.facts.ledger import Ledger
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.simulate import simulate
from sms.doctor import Check

YEAR = timedelta(days=365)
LONGEST_VARIABLE = 35
"""Characters that 阿里云 takes in most kinds of variables; 腾讯云 cuts none shorter for notices."""
TRIAL = ("测试", "【{signature}】这是一条测试短信，收到即表示短信发送正常。编号{token}")
_WORDS = {
    "number": ("事项的编号", "其他"),
    "node": ("节点", "其他"),
    "due": ("期限", "其他"),
    "count": ("第几次", "数字"),
    "hours": ("逾期几小时", "数字"),
    "days": ("天数", "数字"),
    "unit": ("单位", "其他"),
    "phone": ("联系电话", "电话号码"),
    "total": ("共几项", "数字"),
    "period": ("期次", "其他"),
    "summary": ("晨报：短信", "其他"),
    "matters": ("晨报：事项", "其他"),
    "token": ("编号", "其他"),
}
_SERVICE_NUMBER = re.compile(r"(0\d{2,3}-?\d{7,8}(-\d{1,5})?|400-?\d{3}-?\d{4}|95\d{3,6})")
_FORBIDDEN = re.compile(r"[【】]|https?:|www\.|[\U0001F000-\U0001FAFF]")


@dataclass(frozen=True, slots=True)
class KitVariable:
    """A variable of a template: its word, what it is, its type at the provider, the longest value seen in a year."""

    word: str
    meaning: str
    type: str
    longest: str


@dataclass(frozen=True, slots=True)
class KitTemplate:
    """One template to register. ``text`` is without signature, in the policy's own braces; ``used`` times in a year."""

    name: str
    text: str
    variables: tuple[KitVariable, ...]
    used: int

    def of_aliyun(self) -> str:
        """With ``${word}``."""
        return re.sub(r"\{(\w+)\}", r"${\1}", self.text)

    def of_tencent(self) -> str:
        """With ``{1}``, ``{2}``, in the order of ``variables``."""
        places = {one.word: str(place) for place, one in enumerate(self.variables, 1)}
        return re.sub(r"\{(\w+)\}", lambda found: f"{{{places[found[1]]}}}", self.text)

    def sample(self) -> str:
        """With the longest values seen."""
        return self.text.format(**{one.word: one.longest for one in self.variables})


@dataclass(frozen=True, slots=True)
class Kit:
    """All templates of a ledger's regime with its signature."""

    signature: str
    templates: tuple[KitTemplate, ...]


def kit(ledger: Ledger, policies: Policies, start: datetime) -> Kit:
    """What this ledger's regime sends, with the longest values of a simulated year from ``start`` on."""
    longest: dict[str, dict[str, str]] = {}
    used: Counter[str] = Counter()
    for message in simulate(ledger, policies, start, start + YEAR):
        used[message.template] += 1
        values = longest.setdefault(message.template, {})
        for word, value in message.parameters.items():
            if len(value) > len(values.get(word, "")):
                values[word] = value
    texts = policy_of_ledger(ledger, policies, start).texts
    everything = {word: value for values in longest.values() for word, value in values.items()}
    defaults = {**_guesses(ledger), **everything}
    made = [_template(name, text, {**defaults, **longest.get(name, {})}, used[name]) for name, text in texts.items()]
    return Kit(ledger.settings.signature, (*made, _template(*TRIAL, defaults, 0)))


def _guesses(ledger: Ledger) -> dict[str, str]:
    """Values for what no message of the year has used."""
    units = [*ledger.directory.units]
    return {
        "number": "2026-日-0001",
        "node": "1个月",
        "due": "12月31日24:00",
        "count": "12",
        "hours": "48",
        "days": "30",
        "unit": max(units, key=len, default="市教育局"),
        "phone": ledger.settings.phone or "0349-2020000",
        "total": "12",
        "period": "第12周",
        "summary": "已发9999,未送达9999,待人工9999,未并入9999,台账占用",
        "matters": "新逾期9999,未编号9999,未下发9999",
        "token": "K7Q2M9",
    }


def _template(name: str, text: str, values: Mapping[str, str], used: int) -> KitTemplate:
    bare = text.partition("】")[2] if text.startswith("【") else text
    words = dict.fromkeys(field for _, field, _, _ in Formatter().parse(bare) if field)
    variables = tuple(KitVariable(word, *_WORDS[word], values.get(word, "")) for word in words)
    return KitTemplate(name, bare, variables, used)


def toml_of(found: Kit) -> str:
    """What to write into duban.toml for 阿里云 and 腾讯云, the codes left open."""
    lines = ["# [gateway.aliyun]", f"# signature = '{found.signature}'", "# [gateway.aliyun.templates]"]
    for one in found.templates:
        words = ", ".join(f"{variable.word} = '{variable.word}'" for variable in one.variables)
        lines.append(f"# '{one.name}' = {{ code = 'SMS_填模板编号', parameters = {{ {words} }} }}")
    lines += ["", "# [gateway.tencent]", f"# signature = '{found.signature}'", "# [gateway.tencent.templates]"]
    for one in found.templates:
        listed = ", ".join(f"'{variable.word}'" for variable in one.variables)
        lines.append(f"# '{one.name}' = {{ code = '填模板编号', parameters = [{listed}] }}")
    return "\n".join(lines) + "\n"


def check_kit(found: Kit, tables: Mapping[str, Mapping[str, Any]], gateways: Sequence[str]) -> Iterator[Check]:
    """The config and a year's texts against what the providers take; one line a fault, or one that all is well."""
    faults: list[tuple[str, str]] = []
    for name in gateways:
        table = tables.get(name, {})
        if table.get("kind", name) in ("aliyun", "tencent"):
            faults += [(name, said) for said in (*_of_config(found, table), *_of_values(found))]
    for name, said in faults:
        yield Check(f"短信报备 {name}", False, f"{said}。")
    if not faults:
        yield Check("短信报备", True, f"{len(found.templates)}个模板，未见不合要求之处")


def _of_config(found: Kit, table: Mapping[str, Any]) -> Iterator[str]:
    if table.get("signature") != found.signature:
        configured = table.get("signature", "")
        yield f"配置里的签名“{configured}”与参数设置的短信签名“{found.signature}”不同，请改成报备的那一个"
    if not 2 <= len(found.signature) <= 12:
        yield f"签名“{found.signature[:20]}”有{len(found.signature)}个字，服务商只收2到12个字"
    templates = table.get("templates") or {}
    lacking = [one.name for one in found.templates if one.name not in templates]
    if lacking:
        yield f"缺少模板编号：{'、'.join(lacking)}，这些短信发不出去"
    for one in found.templates:
        known = templates.get(one.name, {})
        given = known.get("parameters", ()) if isinstance(known, Mapping) else ()
        words = set(given.values() if isinstance(given, Mapping) else given)
        if one.name in templates and "token" not in words:
            yield f"模板“{one.name}”没有变量 token，断线后无法核实"


def _of_values(found: Kit) -> Iterator[str]:
    for one in found.templates:
        for variable in one.variables:
            if len(variable.longest) > LONGEST_VARIABLE:
                told = f"最长{len(variable.longest)}个字，超过{LONGEST_VARIABLE}个字"
                yield f"“{one.name}”的变量“{variable.meaning}”{told}（{variable.longest[:20]}…）"
            if _FORBIDDEN.search(variable.longest):
                yield f"“{one.name}”的变量“{variable.meaning}”含服务商不收的字符：{variable.longest[:20]}"
            if variable.word == "phone" and not _SERVICE_NUMBER.fullmatch(variable.longest):
                yield f"“{one.name}”的联系电话“{variable.longest[:4]}…”不是固定电话、400或95号码，服务商不收"
