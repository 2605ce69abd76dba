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
