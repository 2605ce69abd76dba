"""``policy new``: a commented file to begin with."""

from engine.policy.policy import Policy


def starter_text(name: str, base: Policy) -> str:
    """The text of a fresh policy file that changes nothing of its base yet."""
    return f"""# {name}的制度文件。井号后面是说明。没有写的，都照“{base.regime}”（{base.title}）。
# 每个数值写成 {{ value = 数值, clause = "条款" }}；条文留有余地的，加 why = "为什么这样理解"。
# 改好后运行 duban policy check 检查，duban policy show --diff {base.regime} 看改了哪些，
# duban policy try 用真实台账试算，duban policy use 启用。
regime = "{name}"
title = "文号或标题"
based_on = "{base.regime}"
in_force_from = 2026-01-01        # 自何日起施行
# document = "{name[:2]}1"             # 条款号的开头，如 {name[:2]}1-13.1
# text = "{name}.txt"               # 制度全文（纯文本），放在同一文件夹，供 duban law 查条文
# without = ["points"]           # 不要的部分：积分 points、督查人员库 inspection、"schedule.季报" 等

# ---- 版块：写了就以这里为准，来源、审批人也要逐个写 ----
# [initiation.board_marks]
# "日常事项" = {{ value = "日", clause = "" }}
# [initiation.sources]
# "日常事项" = {{ value = ["政府常务会议", "领导批示"], clause = "" }}
# [initiation.approvers]
# "日常事项" = {{ value = ["分管副市长", "市长"], clause = "" }}

# ---- 办理时限：词 = 时长（小时、天、工作日、个月） ----
# [limits]
# "急件" = {{ value = "3工作日", clause = "" }}
# [nodes]
# ladder = {{ value = ["急件"], clause = "" }}

# ---- 提醒：写了一种期限（duty）的行，基础制度里这种期限的行就全部换掉 ----
# [[schedule]]
# duty = ["节点", "整改"]
# kind = "提醒"                  # 提醒、催办、升级 ……
# slots = ["-1wd 09:00"]         # 期限前一个工作日9时；-5h、+1d 也可以
# to = ["承办单位:具体责任人"]
# text = "到期提醒"
# clause = ""
"""
