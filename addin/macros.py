"""The ribbon's buttons: one short function each. Their actions stand in ``addin.actions``, over the same engine as the
commands; it is imported when a button is pressed, so that a click does not wait for what it does not need.
"""

from addin.button import press


def check_ledger() -> None:
    """校验."""
    from addin.actions.checking import check_ledger as action

    press("校验", action, reads="all", formulas=True)


def stamp_matters() -> None:
    """编号盖时限."""
    from addin.actions.checking import stamp_matters as action

    press("编号盖时限", action)


def import_old_ledger() -> None:
    """导入旧台账."""
    from addin.actions.moving import import_old_ledger as action

    press("导入旧台账", action)


def make_cards() -> None:
    """签批卡片."""
    from addin.actions.handling import make_cards as action

    press("签批卡片", action)


def issue_notice() -> None:
    """下发通知."""
    from addin.actions.handling import issue_notice as action

    press("下发通知", action)


def register_report() -> None:
    """登记反馈."""
    from addin.actions.handling import register_report as action

    press("登记反馈", action)


def send_back() -> None:
    """退回."""
    from addin.actions.handling import send_back as action

    press("退回", action)


def register_extension() -> None:
    """延期/转持续推进."""
    from addin.actions.handling import register_extension as action

    press("延期/转持续推进", action)


def apply_completion() -> None:
    """申请办结."""
    from addin.actions.handling import apply_completion as action

    press("申请办结", action)


def close_out() -> None:
    """审定销号."""
    from addin.actions.handling import close_out as action

    press("审定销号", action)


def record_supervision() -> None:
    """督办记录."""
    from addin.actions.handling import record_supervision as action

    press("督办记录", action)


def synchronize() -> None:
    """同步标记."""
    from addin.actions.viewing import synchronize as action

    press("同步标记", action)


def preview_messages() -> None:
    """预览短信."""
    from addin.actions.viewing import preview_messages as action

    press("预览短信", action)


def explain_matter() -> None:
    """为什么."""
    from addin.actions.viewing import explain_matter as action

    press("为什么", action)


def show_today() -> None:
    """今日待办."""
    from addin.actions.viewing import show_today as action

    press("今日待办", action)


def score_quarter() -> None:
    """季度评分."""
    from addin.actions.scoring import score_quarter as action

    press("季度评分", action, reads="points")


def tidy_ledger() -> None:
    """整理台账."""
    from addin.actions.tidying import tidy_ledger as action

    press("整理台账", action)


def archive_messages() -> None:
    """转存短信记录."""
    from addin.actions.keeping import archive_messages as action

    press("转存短信记录", action)


def undo_last() -> None:
    """撤销上次操作."""
    from addin.actions.undoing import undo_last as action

    press("撤销上次操作", action)


def open_manual() -> None:
    """打开说明."""
    from addin.actions.keeping import open_manual as action

    press("打开说明", action)


def make_board() -> None:
    """看板."""
    from addin.actions.reporting import make_board as action

    press("看板", action)


def make_statistics() -> None:
    """统计报告."""
    from addin.actions.reporting import make_statistics as action

    press("统计报告", action)


def make_burden() -> None:
    """短信负担."""
    from addin.actions.reporting import make_burden as action

    press("短信负担", action)


def make_briefing() -> None:
    """会议汇报."""
    from addin.actions.reporting import make_briefing as action

    press("会议汇报", action)


def make_year_end() -> None:
    """年底清零."""
    from addin.actions.reporting import make_year_end as action

    press("年底清零", action)


def make_circular() -> None:
    """通报."""
    from addin.actions.reporting import make_circular as action

    press("通报", action, reads="points")


def issue_papers() -> None:
    """督查单."""
    from addin.actions.paper_issuing import issue_papers as action

    press("督查单", action)


def make_sheets() -> None:
    """督办单."""
    from addin.actions.reporting import make_sheets as action

    press("督办单", action)


def archive_matters() -> None:
    """归档."""
    from addin.actions.reporting import archive_matters as action

    press("归档", action)


def propose_team() -> None:
    """督查分组."""
    from addin.actions.reporting import propose_team as action

    press("督查分组", action)
