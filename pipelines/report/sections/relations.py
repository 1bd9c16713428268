"""What does not agree between logs: each rule that some row breaks, with a few keys and what to do."""

from __future__ import annotations

from expectations.relations import (
    ARMS,
    CURRENCY,
    DATES,
    ERASED,
    GONE,
    IDS,
    MISSING,
    RELATIONS,
    SYSTEMS,
    TERMS,
    THREADS,
)
from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING as NOT_SHOWN
from pipelines.report.parts.text import Text, day, integer, plural

_TITLE = Text("What does not agree between logs", "日志之间的矛盾")
_DAYS = 30

CURES = {
    MISSING: "在之后任一日志日补送缺失的行；晚到的行会使其自行消失",
    SYSTEMS: "按所列主键核对两个系统，并以同一主键重新送达错误的行",
    IDS: "检查是否有编号被重复使用或从其他行抄来，然后重新送达该行",
    DATES: "检查导出的时钟与时区，然后重新送达该行",
    CURRENCY: "检查货币代码是否笔误；若无误则无需处理",
    GONE: "检查该编号是否已给了别人，或账号已恢复而没有相应状态",
    ERASED: "找到仍保留该成员的系统，并在那里也删除",
    TERMS: "查看该订阅的各步骤，连同期限重新送达错误的一步",
    THREADS: "检查导出如何标记主题；被移动过的内容可以保留原样",
    ARMS: "检查该运营活动如何分组；在此之前无法衡量其效果",
}
"""What to do, in Chinese, by the English words of the rules."""

SAID = {
    "member_unknown": "所指成员不在成员日志中",
    "event_unknown": "所指活动不在活动日志中",
    "content_unknown": "所指内容不在内容日志中",
    "subscription_unknown": "支付的订阅没有任何日志记载",
    "parent_unknown": "回复的内容不在内容日志中",
    "root_unknown": "所属主题不在内容日志中",
    "accepted_unknown": "被采纳的回答不在内容日志中",
    "link_unknown": "关联的编号不在成员日志中",
    "payer_differs": "付款成员与订阅的成员不同",
    "currency_differs": "货币与订阅的不同",
    "amount_differs": "金额不等于订阅价格减去折扣",
    "paid_too_often": "付款次数多于订阅的期数",
    "refund_too_large": "退款多于已付款",
    "refund_unpaid": "退还了无人支付的款项",
    "paid_before_subscription": "比订阅开始早一个月以上",
    "paid_after_subscription": "比订阅结束晚一个月以上",
    "content_free": "为免费内容付款",
    "content_currency_differs": "货币与该内容的多数购买不同",
    "currency_odd": "使用了几乎没有其他行使用的货币",
    "owner_changes": "成员与该订阅第一步的不同",
    "currency_changes": "货币与前一步的不同",
    "terms_overlap": "期限在前一期结束之前开始",
    "term_moved": "同一期限有两个不同的结束日",
    "term_gap": "续订了一个多月前已结束的期限",
    "renewed_without_start": "延续了从未开始的订阅",
    "plan_twice": "同一成员在另一订阅下也为该套餐付款",
    "term_unpaid": "付费期限没有按时收到付款",
    "step_after_expiry": "更改了已过期的期限",
    "coupon_without_discount": "使用了没有折扣的优惠券",
    "attended_before_start": "在活动开始前就已出席",
    "no_show_before_start": "在活动开始前就被记为缺席",
    "attended_and_no_show": "既出席又缺席",
    "attended_before_registered": "先出席后报名",
    "registered_after_end": "活动结束后才报名",
    "cancelled_after_attending": "出席之后才取消",
    "attended_too_long": "出席时长超出活动时长一小时以上",
    "attended_over_capacity": "出席人数多于名额",
    "feedback_before_event": "为尚未开始的活动评分",
    "feedback_by_no_show": "为未出席的活动评分",
    "feedback_twice": "同一成员同一天重复为同一事物评分",
    "act_before_event": "发生在尚未开始的直播活动中",
    "parent_of_another_thread": "回复了另一主题的内容",
    "reply_before_parent": "早于其所回复的内容",
    "answer_to_no_question": "是回答，但所回复的不是提问",
    "accepted_no_answer": "被采纳的不是回答",
    "accepted_of_another": "被采纳的是另一提问的回答",
    "act_before_published": "作用于尚未发布的内容",
    "act_after_deleted": "作用于已下架的内容",
    "joined_day_changes": "加入日与前一状态的不同",
    "back_after_erasure": "使已删除的成员重新出现",
    "plan_differs": "套餐与该成员的订阅不同",
    "active_before_joined": "成员加入之前就有行为",
    "active_after_erased": "成员被删除之后仍有行为",
    "active_after_banned": "成员被封禁之后仍有行为",
    "active_after_left": "成员离开之后仍有行为",
    "after_erasure": "发生在成员被删除之后",
    "contacted_after_gone": "联系了已离开、被封禁或被删除的成员",
    "arms_differ": "把同一成员分入活动的两组",
    "held_out_but_treated": "给了对照组成员东西",
    "points_below_zero": "扣除的积分多于成员所有",
}
"""What a row does that breaks a rule, in Chinese."""


def block(marts: Marts, context: SiteContext) -> Block:
    """One row per log and rule that is broken, those of the last days first."""
    if not marts.has("relation_checks"):
        return Note(title=_TITLE, body=Text("No rule was judged yet.", "尚未核对任何规则。"))
    result = marts.run(
        "relation_checks",
        f"""
        select
            log,
            rule,
            sum(n_rows) as n_rows,
            sum(n_broken) as n_broken,
            coalesce(sum(n_broken) filter (where log_day > {context.through} - {_DAYS}), 0) as n_recent,
            max(log_day) filter (where n_broken > 0) as last_log_day,
            arg_max(examples, log_day) filter (where n_broken > 0) as examples,
        from marts.relation_checks
        group by log, rule
        order by n_recent desc, n_broken desc, log, rule
        """,
        limit=200,
    )
    broken = [row for row in result.rows if row["n_broken"]]
    if not broken:
        n_rows = max((row["n_rows"] for row in result.rows), default=0)
        nothing = Text(
            f"Nothing: {plural(len(result.rows), 'rule', 'rules')} judged, on up to {integer(n_rows)} rows each.",
            f"没有：已核对 {integer(len(result.rows))} 条规则，每条至多 {integer(n_rows)} 行。",
        )
        return Note(title=_TITLE, body=nothing, result=result)
    return Table(
        title=_TITLE,
        note=Text(
            f"{integer(len(broken))} of {plural(len(result.rows), 'rule', 'rules')} are broken by some row. The rows "
            "count as they are. A few are warned of when they come; a large share of a log day blocks publishing.",
            f"{integer(len(result.rows))} 条规则中有 {integer(len(broken))} 条被某些行违反。这些行仍按原样计入。"
            "少量会在到达时警告，占某日志日很大比例时会阻止发布。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("What such a row does", "这样的行"), wide=True),
            Column(Text("Rows", "行数"), number=True),
            Column(Text("Last 30 log days", "最近 30 个日志日"), number=True),
            Column(Text("Judged", "已核对"), number=True),
            Column(Text("Last log day", "最近日志日")),
            Column(Text("Such as", "例如")),
            Column(Text("What to do", "处理"), wide=True),
        ],
        rows=[_row(row) for row in broken],
        result=result,
        anchor="relations",
    )


def _row(row: Row) -> list[Cell]:
    relation = RELATIONS[row["rule"]]
    return [
        Cell(words.log(row["log"])),
        Cell(Text(relation.said, SAID[relation.name])),
        Cell(integer(row["n_broken"]), row["n_broken"]),
        Cell(integer(row["n_recent"]), row["n_recent"]),
        Cell(integer(row["n_rows"]), row["n_rows"]),
        Cell(day(row["last_log_day"]), str(row["last_log_day"])),
        Cell(row["examples"] or NOT_SHOWN),
        Cell(Text(relation.cure, CURES[relation.cure])),
    ]
