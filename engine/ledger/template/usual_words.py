"""The words of a template that serves every shipped regime; a regime of its own brings its own."""

from engine.facts.regime_words import LightWord, RegimeWords
from engine.ledger.headings.columns import SOURCES
from engine.ledger.template.lights import LIGHT_COLOURS

_LIGHTS = (
    ("绿", "24小时内没有到期的节点", "按计划办理。"),
    ("黄", "24小时内到期", "请抓紧报送。"),
    ("红", "已逾期，未满48小时", "正在自动催办：逾期1天内每3小时、2天内每2小时一次。"),
    ("紫", "逾期48小时以上", "报请协调；满72小时提请重点督办，批准后才进入。"),
    ("灰", "已办结或已撤销", "不再发送短信。"),
)
USUAL_WORDS = RegimeWords(
    SOURCES,
    tuple(LightWord(word, *LIGHT_COLOURS[word], meaning, advice) for word, meaning, advice in _LIGHTS),
    ("重点督办", "移交核查"),
    ("督查室", "秘书一科", "秘书二科", "秘书三科", "秘书四科", "秘书五科"),
)
