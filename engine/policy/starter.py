"""``policy new``: a commented file to begin with."""

from engine.policy.policy import Policy


def starter_text(name: str, base: Policy) -> str:
    """The text of a fresh policy file that changes nothing of its base yet."""
    return _STARTER.replace("«名称»", name).replace("«基础»", base.regime).replace("«文号»", base.title)


_STARTER = """\
# «名称»的制度文件。井号后面是说明。没有写的，都照“«基础»”（«文号»）。
# 每个数值写成 { value = 数值, clause = "条款" }；条文留有余地的，加 why = "为什么这样理解"。
# 例子去掉行首的“# ”（井号和空格）、填上条款就能用；一段里的各行要一起用。
# 改好后运行 duban policy check 检查，duban policy show --diff «基础» 看改了哪些，
# duban policy try 用真实台账试算，duban policy use 启用。
regime = "«名称»"
title = "文号或标题"
based_on = "«基础»"
in_force_from = 2026-01-01        # 自何日起施行
# document = "«名称»1"             # 条款号的开头，如 «名称»1-13.1（第十三条第一款或第（一）项）
# text = "«名称».txt"               # 制度全文（纯文本），放在同一文件夹，供 duban law 查条文
# without = ["points"]           # 不要的部分：积分 points、督查人员库 inspection、"schedule.季报" 等

# ---- 职务：由低到高；写了，下面各张名单也都要用这些职务 ----
# [initiation]
# offices = { value = ["督查室"], clause = "" }                       # 立项主体
# ranks = { value = ["县政府办主任", "副县长", "县长"], clause = "" }
# mayor_ranks = { value = ["县长"], clause = "" }
# deputy_mayor_ranks = { value = ["副县长"], clause = "" }
# other_office_ranks = { value = ["副县长", "县长"], clause = "" }      # 其他科室立项须谁要求
# [close_out]
# review_ranks = { value = ["县政府办主任"], clause = "" }             # 谁审核办结
# final_ranks = { value = ["副县长", "县长"], clause = "" }            # 谁审定办结
# [long_running]
# new_deadline_ranks = { value = ["副县长", "县长"], clause = "" }     # 谁同意新的期限
# [supervision]
# circular_ranks = { value = ["县长"], clause = "" }                  # 谁同意通报

# ---- 版块：写了就以这里为准，来源、审批人也要逐个写 ----
# [initiation.board_marks]
# "日常事项" = { value = "日", clause = "" }
# [initiation.sources]
# "日常事项" = { value = ["政府常务会议", "领导批示"], clause = "" }
# [initiation.approvers]
# "日常事项" = { value = ["副县长", "县长"], clause = "" }

# ---- 办理时限：词 = 时长（小时、天、工作日、个月）；ladder 是到哪几个要报送，[] 是只到最后期限 ----
# [limits]
# "急件" = { value = "3工作日", clause = "" }
# "一般件" = { value = "10工作日", clause = "" }
# [nodes]
# ladder = { value = [], clause = "" }

# ---- 不填办理时限时按哪一个：从上往下，第一条合得上的；allowed 是还可以填的 ----
# [[default_limit]]
# urgency = ["急件"]              # 还可以写 sources（任务来源）、boards（版块）
# limit = "急件"
# clause = ""
# [[default_limit]]
# limit = "一般件"
# allowed = ["急件"]
# clause = ""

# ---- 灯：期限前（负数）后多少小时起亮，由早到晚；第一个不写 from_hours，办结后的写 closed ----
# [[light]]
# word = "绿"
# colour = "548235"
# clause = ""
# [[light]]
# word = "黄"
# colour = "FFD54F"
# ink = "000000"                 # 字的颜色，不写是白
# from_hours = -48
# clause = ""
# [[light]]
# word = "红"
# colour = "D32F2F"
# from_hours = 0
# clause = ""
# [[light]]
# word = "灰"
# colour = "9E9E9E"
# closed = true
# clause = ""

# ---- 升级标记，由轻到重：由提醒的 flag 提出，或由督办记录里的方式（act）经批准开始 ----
# [[rung]]
# mark = "待发提醒函"
# pending = true                 # 等人处理，列入今日待办
# asks_for = "提醒函"             # 等哪一级批准
# clause = ""
# [[rung]]
# mark = "提醒函"
# act = "提醒函"
# clause = ""
# [[rung]]
# mark = "重点督办"
# act = "约谈"
# lasting = true                 # 办结前不消除
# clause = ""

# ---- 督查单：哪一级是一张有期限的单子 ----
# [papers."提醒函"]
# title = { value = "提醒函", clause = "" }
# within = { value = "5工作日", clause = "" }
# opening = { value = "下列事项逾期未报，请在期限前书面报告。", clause = "" }

# ---- 定期报告：每周、旬、双周、月、季度、半年 ----
# [recurring."旬报"]
# every = { value = "旬", clause = "" }
# boards = { value = ["日常事项"], clause = "" }
# days_after = { value = 2, clause = "" }
# clock = { value = "17:30", clause = "" }

# ---- 短信文字：以【{signature}】开头，带编号{token}，不得写事项内容 ----
# [texts]
# "定期报告提醒" = { value = "【{signature}】{number}号{period}{node}应于{due}前报送。编号{token}", clause = "" }
# "请发提醒函" = { value = "【{signature}】{number}号“{node}”逾期{days}天,请报批提醒函。编号{token}", clause = "" }

# ---- 提醒：写了一种期限（duty）的行，基础制度里这种期限的行就全部换掉 ----
# [[schedule]]
# duty = ["节点", "整改"]
# kind = "提醒"                  # 提醒、催办、升级 ……
# slots = ["-1wd 09:00"]         # 期限前一个工作日9时；-5h、+1d 也可以
# to = ["承办单位:具体责任人"]
# text = "到期提醒"
# clause = ""
# [[schedule]]
# duty = ["节点", "整改"]
# kind = "升级"
# slots = ["+3d 09:00"]
# to = ["督查室:具体责任人"]
# text = "请发提醒函"
# flag = "待发提醒函"
# clause = ""
# [[schedule]]
# duty = "督查单"
# kind = "提醒"
# slots = ["-1wd 09:00"]
# to = ["承办单位:具体责任人"]
# text = "到期提醒"
# clause = ""
# [[schedule]]
# duty = "定期报告"
# kind = "提醒"
# slots = ["-1d 09:00"]
# to = ["承办单位:具体责任人"]
# text = "定期报告提醒"
# clause = ""

# ---- 通知的文字、办理时限依据的条款 ----
# [notice]
# opening = { value = "根据本县督办办法，现将下列事项交由你单位办理。", clause = "" }
# demands = { value = ["（一）请按时限报送办理情况。"], clause = "" }
# [citations]
# nodes = ""
"""
