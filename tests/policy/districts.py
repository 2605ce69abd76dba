"""Regimes of invented districts, as data: what each says of its own, over the regime that it is based on."""

HEAD = 'regime = "{}"\ntitle = "{}"\nbased_on = "朔州"\nin_force_from = 2017-12-01\n'
BOARDS = ("日常", "重点工作", "重大改革", "重点工程", "重点技改", "重点招商")
RANKS = '["办公厅分管领导", "分管副市长", "市长"]'


def _boards(table: str, values: dict[str, str], clause: str) -> str:
    rows = "".join(f'"{board}" = {{ value = {value}, clause = "{clause}" }}\n' for board, value in values.items())
    return f"\n[initiation.{table}]\n{rows}"


SIX_BOARDS = (
    HEAD.format("尧都", "尧区政办发〔2017〕104号")
    + _boards("board_marks", dict(zip(BOARDS, map('"{}"'.format, "日重改工技招"), strict=True)), "YD1-8")
    + _boards("sources", dict.fromkeys(BOARDS, '["区政府常务会议", "区领导批示"]'), "YD1-7")
    + _boards("approvers", dict.fromkeys(BOARDS, RANKS), "YD1-12")
    + '\n[notice]\ntitle = { value = "尧都区督办通知", clause = "YD1-12" }\n'
)
"""尧区政办发〔2017〕104号: the 13710 text with six boards and a notice of its own."""

BY_SOURCE = (
    HEAD.format("某县", "某县政办发〔2019〕1号").replace("in_force_from", 'without = ["schedule.季报"]\nin_force_from')
    + """
[initiation]
offices = { value = ["督查室"], clause = "MX-5" }
[initiation.board_marks]
"政务督查" = { value = "督", clause = "MX-3" }
[initiation.sources]
"政务督查" = { value = ["公文", "会议纪要", "领导批示"], clause = "MX-3" }
[initiation.approvers]
"政务督查" = { value = ["分管副市长", "市长"], clause = "MX-4" }

[limits]
"1天" = { value = "1天", clause = "MX-7" }
"5天" = { value = "5天", clause = "MX-7" }
"15天" = { value = "15天", clause = "MX-7" }
"20天" = { value = "20天", clause = "MX-7" }
"30天" = { value = "30天", clause = "MX-7" }

[nodes]
ladder = { value = [], clause = "MX-7" }
selection = { value = "final_only", clause = "MX-7", why = "只规定办结时限，没有节点" }

[long_running]
apply_before = { value = ["15天", "20天", "30天"], clause = "MX-9" }

[[default_limit]]
sources = ["公文"]
limit = "30天"
clause = "MX-7.1"

[[default_limit]]
sources = ["会议纪要"]
limit = "20天"
clause = "MX-7.2"

[[default_limit]]
sources = ["领导批示"]
urgency = ["急件"]
limit = "5天"
allowed = ["1天"]
clause = "MX-7.3"

[[default_limit]]
sources = ["领导批示"]
limit = "15天"
allowed = ["30天"]
clause = "MX-7.4"

[texts]
"逾期说明" = { value = "【{signature}】{number}号已逾期{hours}小时,请说明原因。编号{token}", clause = "MX-10" }

[[schedule]]
duty = ["节点", "整改"]
kind = "催办"
slots = ["+1d"]
to = ["承办单位:具体责任人"]
text = "逾期说明"
clause = "MX-10"

[[rung]]
mark = "重点督办"
act = "重点督办"
lasting = true
clause = "MX-11"
"""
)
"""Limits by source and urgency: 公文 30 days, 会议纪要 20, urgent instructions 5 unless 1 is said, others 15 or 30."""

_RUNG = '\n[[rung]]\nmark = "{0}"\nact = "{0}"\nclause = "{1}"\n'
_DUE_RUNG = '\n[[rung]]\nmark = "待发{0}"\npending = true\nasks_for = "{0}"\nclause = "{1}"\n'
_PAPER = """
[papers."{0}"]
title = {{ value = "{0}", clause = "SM-6" }}
within = {{ value = "{1}", clause = "{2}" }}
opening = {{ value = "下列事项推进滞后。现予督查，请按要求办理，并在期限前书面报送。", clause = "SM-6" }}
demands = {{ value = ["（一）一事一单，对照要求逐项整改。", "（二）没有正当理由逾期的，升级督查。"], clause = "SM-6" }}
reason_ends = {{ value = true, clause = "SM-9" }}
"""
_SCHEDULE = """
[[schedule]]
duty = {0}
kind = "{1}"
slots = ["{2}"]
to = {3}
text = "{4}"
clause = "{5}"
"""
_UNIT, _OFFICE = '["承办单位:具体责任人"]', '["督查室:具体责任人"]'
_COLOURS = (
    ("蓝色督查单", "5工作日", "SM-7.1"),
    ("橙色督查单", "3工作日", "SM-7.2"),
    ("红色督查单", "2工作日", "SM-7.3"),
)


def _text(name: str, words: str, clause: str) -> str:
    return f'"{name}" = {{ value = "【{{signature}}】{words}。编号{{token}}", clause = "{clause}" }}\n'


def _row(duty: str, kind: str, slot: str, to: str, text: str, clause: str, more: str = "") -> str:
    return _SCHEDULE.format(duty, kind, slot, to, text, clause) + more


THREE_COLOURS = (
    HEAD.format("三色", "三政督〔2017〕3号").replace(
        "in_force_from", 'without = ["points", "inspection", "schedule.季报"]\nin_force_from'
    )
    + """
[initiation.board_marks]
"督查事项" = { value = "督", clause = "SM-2" }
[initiation.sources]
"督查事项" = { value = ["政府常务会议", "领导批示"], clause = "SM-2" }
[initiation.approvers]
"督查事项" = { value = ["分管副市长", "市长"], clause = "SM-3" }
[clues]
in_a_row = { value = 3, clause = "SM-10" }
in_a_row_mark = { value = "红色督查单", clause = "SM-10" }
in_a_row_measure = { value = "约谈", clause = "SM-10" }
[limits]
"10天" = { value = "10天", clause = "SM-4" }
[nodes]
ladder = { value = [], clause = "SM-4" }
selection = { value = "final_only", clause = "SM-4" }
[long_running]
apply_before = { value = ["10天"], clause = "SM-4" }
[texts]
"""
    + _text("督查单下发", "{number}号已发{node},请于{due}前报送", "SM-6")
    + _text("督查单提醒", "{number}号{node}将于{due}到期,请报送", "SM-6")
    + _text("拟发督查单", "{number}号“{node}”已逾期,请拟稿报批督查单", "SM-7")
    + "".join(_PAPER.format(*colour) for colour in _COLOURS)
    + "".join(_DUE_RUNG.format(mark, clause) + _RUNG.format(mark, clause) for mark, _, clause in _COLOURS)
    + "lasting = true\n"
    + _row('["节点", "整改"]', "提醒", "-1d", _UNIT, "到期提醒", "SM-5")
    + _row('["节点", "整改"]', "升级", "+1d", _OFFICE, "拟发督查单", "SM-7.1", 'flag = "待发蓝色督查单"\n')
    + _row('"督查单下发"', "升级", "下发=+0h", '["承办单位:第一责任人"]', "督查单下发", "SM-6")
    + _row('"督查单"', "提醒", "-1d", _UNIT, "督查单提醒", "SM-6")
    + _row(
        '"督查单"', "升级", "+1h", _OFFICE, "拟发督查单", "SM-7.2", 'names = ["蓝色督查单"]\nflag = "待发橙色督查单"\n'
    )
    + _row(
        '"督查单"', "升级", "+1h", _OFFICE, "拟发督查单", "SM-7.3", 'names = ["橙色督查单"]\nflag = "待发红色督查单"\n'
    )
)
"""三色督查单 (三明, 2017): blue, not done in time orange, then red; each a paper with its own deadline."""
