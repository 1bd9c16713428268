"""Questions of the last days beside those of as many days before: how many, how surely and how fast answered."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import changes, known, least
from pipelines.report.parts.blocks import Tile, Tiles
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Number, Text, hours, integer, percent

_DAYS = 90
_FEWER = Text("fewer than half had a response, ", "得到回应的不足一半，")


def tiles(marts: Marts, context: SiteContext, header: Header) -> Tiles | None:
    """Return their numbers; none where the log has fewer days, as those since the first question say it all."""
    if not header.reaches_back("content", _DAYS):
        return None
    result = marts.run("recent_answers", _sql(context))
    parts = {row["period"]: row for row in result.rows}
    if "now" not in parts:
        return None
    now, before = parts["now"], parts.get("before") if header.reaches_back("content", 2 * _DAYS) else None

    def tile(key: str, name: str, shown: object, n: str, said: Text) -> Tile:
        compares = before is not None and min(now[n], before[n]) >= least.PIECES
        earlier: Number | None = before[name] if before is not None and compares else None
        return Tile(label=known.Term(key), value=shown, note=said, **changes.of_tile(key, now[name], earlier))

    judged, n = f"n = {integer(now['n_judged'])}", f"n = {integer(now['n_questions'])}"
    asked = Text("", "") if now["median_hours"] is not None else _FEWER
    rate = percent(now["answered_rate"], now["n_judged"])
    return Tiles(
        title=Text(f"Asked in the last {_DAYS} days", f"最近 {_DAYS} 天的提问"),
        note=Text(
            f"Changes are against the {_DAYS} days before, from {least.PIECES} questions on in each.",
            f"变化指与此前 {_DAYS} 天相比，两段均满 {least.PIECES} 个提问才显示。",
        ),
        tiles=[
            tile("questions", "n_questions", integer(now["n_questions"]), "n_questions", Text("", "")),
            tile("answered_rate", "answered_rate", rate, "n_judged", Text(judged, judged)),
            tile(
                "median_response_hours", "median_hours", hours(now["median_hours"]), "n_questions", asked + Text(n, n)
            ),
        ],
        result=result,
    )


def _sql(context: SiteContext) -> str:
    """The same estimates as in answer_months, of two windows of days."""
    return f"""
        with
        asked as (
            select
                *,
                if(asked_day > {context.through} - {_DAYS}, 'now', 'before') as period,
            from marts.answer_times
            where asked_day > {context.through} - {2 * _DAYS} and asked_day <= {context.through}
        ),

        counted as (
            select
                period,
                count(*) as n_questions,
                count(*) filter (where is_judged) as n_judged,
                count(*) filter (where is_answered_within_7_days) as n_answered_within_7_days,
            from asked
            group by period
        ),

        waiting as (
            select
                period,
                observed_hours,
                count(*) filter (where not is_censored) as n_answered,
                sum(count(*)) over (partition by period order by observed_hours desc) as n_waiting,
            from asked
            group by period, observed_hours
        ),

        survival as (
            select
                period,
                observed_hours,
                round(
                    exp(sum(if(n_answered = n_waiting, -1000, ln(1 - n_answered / n_waiting))) over (
                        partition by period order by observed_hours
                    )),
                    9
                ) as share_waiting,
            from waiting
        ),

        medians as (
            select period, min(observed_hours) filter (where share_waiting <= 0.5) as median_hours
            from survival
            group by period
        )

        select
            period,
            n_questions,
            n_judged,
            n_answered_within_7_days,
            n_answered_within_7_days / nullif(n_judged, 0) as answered_rate,
            median_hours,
        from counted
        left join medians using (period)
        order by period desc
        """
