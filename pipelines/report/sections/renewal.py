"""Blocks on renewals: by month, by plan, and month by month who went quiet and who did not renew."""

from __future__ import annotations

from datetime import timedelta

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, marks
from pipelines.report.parts.blocks import Cell, Chart, Column, Table
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.text import Text, day, integer, month_names, percent

_REASONS = {
    "n_voluntary": Text("Cancelled", "主动取消"),
    "n_payment_failure": Text("Payment failed", "支付失败"),
    "n_refunded": Text("Refunded", "退款"),
    "n_expired": Text("Ran out", "到期未续"),
    "n_other": Text("Went on free", "转为免费"),
}


def by_month(marts: Marts, context: SiteContext) -> Chart:
    """Terms that ended in each of the last 12 months, and how many were renewed."""
    result = marts.run(
        "renewals_by_month",
        f"""
        select month, sum(n_due)::bigint as n_due, sum(n_renewed)::bigint as n_renewed
        from marts.renewals
        where month <= {context.through} and month > {context.through} - interval 12 month
        group by month
        order by month
        """,
    )
    judged_through = context.through_day - timedelta(days=context.grace_days)
    months = month_names([row["month"] for row in result.rows], judged_through)
    lost = [row["n_due"] - row["n_renewed"] for row in result.rows]
    renewed = charts.column(result.rows, "n_renewed")
    return Chart(
        title=Text("Were ended terms renewed?", "到期后续费了吗？"),
        note=Text(
            "Terms by the month in which they ended, once their grace period is over.",
            "按到期月份统计；仅含宽限期已过的订阅期。",
        ),
        figure=charts.figure(
            [
                charts.bars(months, renewed, Text("renewed", "已续费"), "good"),
                charts.bars(months, lost, Text("not renewed", "未续费"), "bad"),
            ],
            stacked=True,
        ),
        result=result,
        half=True,
    )


def by_plan(marts: Marts, context: SiteContext) -> Table:
    """Renewal of the last 12 months by plan, and why the others did not renew."""
    counts = ", ".join(f"sum({name})::bigint as {name}" for name in ("n_due", "n_renewed", *_REASONS))
    result = marts.run(
        "renewals_by_plan",
        f"""
        select coalesce(plan, '') as plan, {counts}, sum(n_renewed) / sum(n_due) as renewal_rate
        from marts.renewals
        where month <= {context.through} and month > {context.through} - interval 12 month
        group by plan
        order by n_due desc, plan
        """,
    )
    rows = [
        [
            Cell(row["plan"] or Text("not said", "未注明")),
            Cell(integer(row["n_due"]), row["n_due"]),
            Cell(
                marks.bar(row["renewal_rate"], percent(row["renewal_rate"], row["n_due"]), "good"),
                row["renewal_rate"],
            ),
            *[Cell(integer(row[name]), row[name]) for name in _REASONS],
        ]
        for row in result.rows
    ]
    return Table(
        title=Text("Renewal by plan, last 12 months", "近 12 个月各套餐续费"),
        columns=[
            Column(Text("Plan", "套餐")),
            Column(Text("Ended", "到期"), number=True),
            Column(Text("Renewed", "续费率"), number=True),
            *[Column(name, number=True) for name in _REASONS.values()],
        ],
        rows=rows,
        result=result,
        half=True,
        dense=True,
    )


def reconciliation(result: Result) -> Table:
    """Both churns of each month whose outcome is known, and the members in whom they differ."""
    rows = [
        [
            Cell(day(row["as_of_day"]), str(row["as_of_day"])),
            Cell(f"{integer(row['n_inactive'])} / {integer(row['n_active'])}", row["inactivity_rate"]),
            Cell(percent(row["inactivity_rate"], row["n_active"]), row["inactivity_rate"]),
            Cell(integer(-row["n_inactive_still_paying"]), row["n_inactive_still_paying"]),
            Cell(integer(-row["n_inactive_not_payer"]), row["n_inactive_not_payer"]),
            Cell(integer(row["n_lapsed_still_active"]), row["n_lapsed_still_active"]),
            Cell(integer(row["n_lapsed_not_active"]), row["n_lapsed_not_active"]),
            Cell(f"{integer(row['n_lapsed'])} / {integer(row['n_payers'])}", row["lapse_rate"]),
            Cell(percent(row["lapse_rate"], row["n_payers"]), row["lapse_rate"]),
        ]
        for row in result.rows
    ]
    return Table(
        title=Text("Month by month, going quiet and not renewing", "逐月：沉默与未续费"),
        note=Text(
            "The inactive, less those who still pay and those who never did, plus those who stopped paying but are "
            "active or were inactive before: the lapsed.",
            "不活跃者，减去仍在付费者与从未付费者，加上停止付费但仍活跃者与此前已不活跃者，即未续费者。",
        ),
        columns=[
            Column(Text("As of", "截至")),
            Column(Text("Inactive / active", "不活跃 / 活跃"), number=True),
            Column(Text("Inactivity", "不活跃率"), number=True),
            Column(Text("still paying", "仍在付费"), number=True),
            Column(Text("no payers", "非付费"), number=True),
            Column(Text("lapsed, active", "未续费但活跃"), number=True),
            Column(Text("lapsed, inactive before", "未续费且此前不活跃"), number=True),
            Column(Text("Lapsed / paying", "未续费 / 付费"), number=True),
            Column(Text("Lapse", "未续费率"), number=True),
        ],
        rows=rows,
        result=result,
        folded=True,
    )
