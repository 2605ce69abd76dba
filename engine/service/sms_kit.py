"""What has to be registered with an SMS provider, and whether a year of real texts keeps within its limits."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from string import Formatter
from typing import Any

from pydantic import ValidationError

from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.policy.toml_faults import in_words
from engine.review.simulate import simulate
from engine.service.config import ConfigError
from sms.doctor import Check
from sms.gateways.protocol import Limits, kind_of
from sms.gateways.provider_limits import LIMITS_OF
from sms.gateways.templates import PROVIDERS, ProviderRules, side_by_side, variable_fault
from sms.limits import busiest, windows
from sms.numbers import mask_mobile
from sms.words import WORD_MEANING

YEAR = timedelta(days=365)
TRIAL = ("测试", "【{signature}】这是一条测试短信，收到即表示短信发送正常。编号{token}")
_TYPES = {"count": "数字", "hours": "数字", "days": "数字", "phone": "电话号码", "total": "数字"}
OTHER_TYPE = "其他"


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
    """All templates of a ledger's regime with its signature, and when each number got its SMS, oldest first."""

    signature: str
    templates: tuple[KitTemplate, ...]
    times: Mapping[str, Sequence[datetime]] = field(default_factory=dict, repr=False)


def kit(ledger: Ledger, policies: Policies, start: datetime) -> Kit:
    """What this ledger's regime sends, with the longest values of a simulated year from ``start`` on."""
    return kit_of(ledger, policies, start, simulate(ledger, policies, start, start + YEAR))


def kit_of(ledger: Ledger, policies: Policies, at: datetime, messages: Iterable[Message]) -> Kit:
    """The templates of the regime in force at ``at``, with the longest values of these messages."""
    longest: dict[str, dict[str, str]] = {}
    used: Counter[str] = Counter()
    times: dict[str, list[datetime]] = {}
    for message in messages:
        used[message.template] += 1
        times.setdefault(message.to.mobile, []).append(message.at)
        values = longest.setdefault(message.template, {})
        for word, value in message.parameters.items():
            if len(value) > len(values.get(word, "")):
                values[word] = value
    texts = policy_of_ledger(ledger, policies, at).texts
    everything = {word: value for values in longest.values() for word, value in values.items()}
    defaults = {**_guesses(ledger), **everything}
    made = [_template(name, text, {**defaults, **longest.get(name, {})}, used[name]) for name, text in texts.items()]
    in_order = {mobile: sorted(of_number) for mobile, of_number in times.items()}
    return Kit(ledger.settings.signature, (*made, _template(*TRIAL, defaults, 0)), in_order)


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
        "total": "9999",
        "period": "第12周",
        "summary": "已发9999,未送达9999,待人工9999,未并入9999,台账占用",
        "matters": "新逾期9999,未编号9999,未下发9999",
        "token": "K7Q2M9",
    }


def _template(name: str, text: str, values: Mapping[str, str], used: int) -> KitTemplate:
    bare = text.partition("】")[2] if text.startswith("【") else text
    words = dict.fromkeys(field for _, field, _, _ in Formatter().parse(bare) if field)
    variables = tuple(
        KitVariable(word, WORD_MEANING[word], _TYPES.get(word, OTHER_TYPE), values.get(word, "")) for word in words
    )
    return KitTemplate(name, bare, variables, used)


def toml_of(found: Kit) -> str:
    """What to write into duban.toml for 阿里云, 腾讯云 and 移动云MAS, the codes left open."""
    lines = ["# [gateway.aliyun]", f"# signature = '{found.signature}'", "# [gateway.aliyun.templates]"]
    for one in found.templates:
        words = ", ".join(f"{variable.word} = '{variable.word}'" for variable in one.variables)
        lines.append(f"# '{one.name}' = {{ code = 'SMS_填模板编号', parameters = {{ {words} }} }}")
    in_order = ["# [gateway.tencent]", f"# signature = '{found.signature}'", "# [gateway.tencent.templates]"]
    by_carrier = ["# [gateway.mas]   # 运营商要求按模板发送的才写下面各行", "# [gateway.mas.templates]"]
    for heading in (in_order, by_carrier):
        lines += ["", *heading]
        for one in found.templates:
            listed = ", ".join(f"'{variable.word}'" for variable in one.variables)
            lines.append(f"# '{one.name}' = {{ code = '填模板编号', parameters = [{listed}] }}")
    return "\n".join(lines) + "\n"


def check_kit(found: Kit, tables: Mapping[str, Mapping[str, Any]], gateways: Sequence[str]) -> Iterator[Check]:
    """The config and the texts against what the providers take; one line a fault, or one that all is well. Nothing
    where no gateway sends templates.
    """
    kinds = {name: kind_of(name, tables.get(name, {})) for name in gateways}
    by_template = {
        name: PROVIDERS[kind]
        for name, kind in kinds.items()
        if kind in PROVIDERS and (kind != "mas" or tables.get(name, {}).get("templates"))
    }
    for name, rules in by_template.items():
        table = tables.get(name, {})
        faults = [*_of_config(found, table), *_of_values(found, table, rules)]
        for said in faults:
            yield Check(f"短信报备 {name}", False, f"{said}。")
        if not faults:
            yield Check(f"短信报备 {name}", True, f"{len(found.templates)}个模板，未见不合要求之处")


def check_frequency(found: Kit, tables: Mapping[str, Mapping[str, Any]], gateways: Sequence[str]) -> Iterator[Check]:
    """How often each number gets an SMS, against what the provider allows; one line a window that is exceeded.

    Raises:
        ConfigError: the ``limits`` of a gateway are not understood.
    """
    for name in gateways:
        table = tables.get(name, {})
        limits_of = LIMITS_OF.get(kind_of(name, table))
        if limits_of is None:
            continue
        try:
            limits = limits_of.model_validate(table.get("limits", {}))
        except ValidationError as fault:
            raise ConfigError(f"短信网关“{name}”的 limits 有误：{in_words(fault)}。请改正后重试。") from fault
        faults = [*_of_frequency(found, limits)]
        yield from (Check(f"发送频率 {name}", False, f"{said}。") for said in faults)
        if not faults:
            yield Check(f"发送频率 {name}", True, f"{len(found.times)}个号码，一年里都没有超过上限")


def _of_frequency(found: Kit, limits: Limits) -> Iterator[str]:
    for window in windows(limits):
        counts = {mobile: busiest(times, window.span) for mobile, times in found.times.items()}
        over = {mobile: count for mobile, count in counts.items() if count > window.most}
        if over:
            worst = max(over, key=lambda mobile: over[mobile])
            yield (
                f"一年里有{len(over)}个号码{window.word}内超过上限{window.most}条，最多的是{mask_mobile(worst)}，"
                f"{over[worst]}条，多出的推迟，到期的不发。请先在服务商的控制台放宽，再调高 limits 的 {window.key}，"
                "或把事项分给别的责任人"
            )


def _of_config(found: Kit, table: Mapping[str, Any]) -> Iterator[str]:
    if "sign" not in table and table.get("signature") != found.signature:
        configured = table.get("signature", "")
        yield f"配置里的签名“{configured}”与参数设置的短信签名“{found.signature}”不同，请改成报备的那一个"
    if not 2 <= len(found.signature) <= 12:
        yield f"签名“{found.signature[:20]}”有{len(found.signature)}个字，服务商只收2到12个字"
    templates = _templates(table)
    lacking = [one.name for one in found.templates if one.name not in templates]
    if lacking:
        yield f"缺少模板编号：{'、'.join(lacking)}，这些短信发不出去"
    for one in found.templates:
        if one.name in templates and "token" not in _words(templates[one.name]):
            yield f"模板“{one.name}”没有变量 token，断线后无法核实"


def _of_values(found: Kit, table: Mapping[str, Any], rules: ProviderRules) -> Iterator[str]:
    """By the variables that the config names, else by those of the text."""
    configured = table.get("longest_variable")
    longest = configured if isinstance(configured, int) else rules.longest_variable
    templates = _templates(table)
    for one in found.templates:
        if fault := side_by_side(rules, one.text):
            yield f"“{one.name}”的{fault.problem}，{fault.remedy.rstrip('。')}"
        values = {variable.word: variable.longest for variable in one.variables}
        for word in _words(templates[one.name]) if one.name in templates else values:
            if word in values and (fault := variable_fault(rules, longest, word, values[word])):
                shown = "" if word == "phone" else f"（{values[word][:20]}）"
                yield f"“{one.name}”的{fault.problem}{shown}，{fault.remedy.rstrip('。')}"


def _templates(table: Mapping[str, Any]) -> Mapping[str, Any]:
    templates = table.get("templates")
    return templates if isinstance(templates, Mapping) else {}


def _words(template: object) -> list[str]:
    """The words of a configured template's variables, in the form of either provider."""
    given = template.get("parameters", ()) if isinstance(template, Mapping) else ()
    return [str(word) for word in (given.values() if isinstance(given, Mapping) else given)]
