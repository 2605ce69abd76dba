"""What gateways with registered templates share: what their provider takes of a template's variables.

A provider refuses what breaks its rules, or its carrier drops it, and may charge for either: so it is never submitted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sms.gateways.protocol import Objection, Submission
from sms.words import WORD_MEANING

LONGEST_TEXT = 500
"""Characters of a whole SMS with its signature: 阿里云, 腾讯云 and Twilio take no more."""
WAIT_FOR_APPROVAL = "请到服务商的控制台处理，通过后自动发出。"
ASK_EVERY = timedelta(hours=1)
"""So often a provider is asked whether it has approved a template."""
_LANDLINE = re.compile(r"(0\d{2,3}-?\d{7,8}(-\d{1,5})?|400-?\d{3}-?\d{4}|95\d{3,6})", re.ASCII)
# help.aliyun.com 463270 and cloud.tencent.com 382/39023: no 【】, no links, no emoji, no such signs.
_FORBIDDEN = re.compile(r"[【】『』「」〖〗①-⑳¥•²™★☆※→☞✓❤]|https?:|www\.|[\U0001F000-\U0001FAFF]", re.IGNORECASE)
_SIDE_BY_SIDE = re.compile(r"\{(\w+)\}\W*\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """What a provider takes of a variable. ``longest_variable`` in characters, as long as it has not widened it for
    the account; ``only_landline``: a telephone number must be a landline, 400 or 95 number; ``apart``: words must
    stand between two variables. Neither publishes how many variables a template may have.
    """

    label: str
    longest_variable: int
    only_landline: bool = False
    apart: bool = False


# help.aliyun.com 2806243, 44357 and 463270; cloud.tencent.com 382/39023 and 382/13301, for accounts since 2024-01-25.
# Read on 2026-11-26.
ALIYUN = ProviderRules("阿里云", 35, only_landline=True)
TENCENT = ProviderRules("腾讯云", 6, apart=True)
MAS = ProviderRules("移动云MAS", 500)
"""The carrier publishes no limits; what it says to an account goes into ``longest_variable``."""
PROVIDERS = {"aliyun": ALIYUN, "tencent": TENCENT, "mas": MAS}


def wording_of(message: Submission) -> str:
    """The name of the message's wording, which is the name of its template."""
    return message.parameters.get("template") or message.kind


def objection_to(
    rules: ProviderRules, longest: int, words: Sequence[str] | None, message: Submission
) -> Objection | None:
    """Why the provider would refuse this message, its template taking ``words`` (``None``: none is configured);
    ``None`` where nothing is known against it. ``longest``: characters of a variable that the account may send.
    """
    wording = wording_of(message)
    if words is None:
        return Objection(
            f"{rules.label}没有为“{wording}”配置模板",
            "请向服务商报备（duban sms-kit write 生成材料），把模板编号写进 duban.toml 后重新启动。",
        )
    lacking = [word for word in words if word not in message.parameters]
    if lacking:
        told = "、".join(WORD_MEANING.get(word, word) for word in sorted(set(lacking)))
        return Objection(f"{rules.label}的模板“{wording}”要用的“{told}”短信中没有", "请核对 duban.toml 里模板的变量。")
    for word in words:
        if found := variable_fault(rules, longest, word, message.parameters[word]):
            return Objection(f"{rules.label}的模板“{wording}”：{found.problem}", found.remedy)
    return text_fault(rules.label, message.text)


def variable_fault(rules: ProviderRules, longest: int, word: str, value: str) -> Objection | None:
    """What is wrong with a variable's value for this provider."""
    name = WORD_MEANING.get(word, word)
    if len(value) > longest:
        return Objection(
            f"变量“{name}”有{len(value)}个字，超过{longest}个字",
            f"请改短，或请{rules.label}放宽这个账号的变量长度，再把该网关的 longest_variable 改成放宽后的字数。",
        )
    if _FORBIDDEN.search(value):
        return Objection(f"变量“{name}”含服务商不收的字符", "请去掉其中的【】、网址和表情符号。")
    if word == "phone" and rules.only_landline and not _LANDLINE.fullmatch(value):
        return Objection("联系电话不是固定电话、400或95号码，服务商不收", "请把参数设置里的联系电话改为固定电话。")
    return None


def side_by_side(rules: ProviderRules, template: str) -> Objection | None:
    """What is wrong with a template, its variables in braces, in which no word stands between two of them."""
    found = _SIDE_BY_SIDE.search(template) if rules.apart else None
    if found is None:
        return None
    names = "、".join(WORD_MEANING.get(word, word) for word in found.groups())
    return Objection(f"变量“{names}”之间没有文字，{rules.label}不收", "请在制度的这条短信里两个变量之间加上文字。")


def text_fault(label: str, text: str) -> Objection | None:
    """What is wrong with the length of a whole SMS."""
    if len(text) <= LONGEST_TEXT:
        return None
    return Objection(f"{label}：短信有{len(text)}个字，超过{LONGEST_TEXT}个字", "请改短制度里这条短信的文字。")
