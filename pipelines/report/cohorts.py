"""The join cohort grid: of those who joined in a month, which share was active k months later."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pipelines.report import marks
from pipelines.report.blocks import Cell, Column, Table
from pipelines.report.context import SiteContext
from pipelines.report.database import Marts
from pipelines.report.text import Text, integer

_MONTHS = 12


def block(marts: Marts, context: SiteContext) -> Table:
    """Cohorts of the last 12 months; months that have not ended are left blank."""
    result = marts.run(
        "cohort_retention",
        f"""
        with
        last_month as (
            select date_trunc('month', ({context.through} + 1)::date)::date as next_month
        ),

        cohorts as (
            select member_id, date_trunc('month', coalesce(joined_day, first_day))::date as cohort_month
            from marts.dim_members
            where not is_excluded
        ),

        sizes as (
            select cohort_month, count(*) as n_members
            from cohorts, last_month
            where cohort_month >= next_month - interval {_MONTHS} month and cohort_month < next_month
            group by cohort_month
        ),

        active_months as (
            select distinct member_id, date_trunc('month', day)::date as active_month
            from marts.fct_member_days
            where is_active
        ),

        ages as (
            select sizes.cohort_month, sizes.n_members, ages.age::integer as age
            from sizes, last_month, range({_MONTHS}) as ages (age)
            where sizes.cohort_month + interval (ages.age) month < next_month
        ),

        active as (
            select
                cohorts.cohort_month,
                date_diff('month', cohorts.cohort_month, active_months.active_month) as age,
                count(*) as n_active,
            from cohorts
            inner join active_months on cohorts.member_id = active_months.member_id
            group by all
        )

        select
            ages.cohort_month,
            ages.n_members,
            ages.age,
            coalesce(active.n_active, 0) as n_active,
            coalesce(active.n_active, 0) / ages.n_members as share_active,
        from ages
        left join active on ages.cohort_month = active.cohort_month and ages.age = active.age
        order by ages.cohort_month desc, ages.age
        """,
    )
    grid: dict[Any, list[Cell]] = defaultdict(list)
    sizes: dict[Any, int] = {}
    for row in result.rows:
        sizes[row["cohort_month"]] = row["n_members"]
        share = row["share_active"]
        grid[row["cohort_month"]].append(Cell(marks.heat(share, f"{100 * share:.0f}"), share))
    rows = [
        [
            Cell(f"{month:%Y-%m}"),
            Cell(integer(sizes[month]), sizes[month]),
            *cells,
            *[Cell("", -1)] * (_MONTHS - len(cells)),
        ]
        for month, cells in grid.items()
    ]
    return Table(
        title=Text("Who is still active, by month of joining", "按加入月份看留存"),
        note=Text(
            "Per cent of each cohort active k months after joining. Only months that have ended.",
            "各批成员在加入后第 k 个月仍活跃的百分比。仅含已结束的月份。",
        ),
        columns=[
            Column(Text("Joined", "加入")),
            Column(Text("n", "n"), number=True),
            *[Column(Text(f"{age}", f"{age}"), number=True) for age in range(_MONTHS)],
        ],
        rows=rows,
        result=result,
        half=True,
        dense=True,
    )
