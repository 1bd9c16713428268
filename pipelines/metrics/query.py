"""A metric as one select statement over the published marts: by period, dimension and value of a dimension.

Whatever comes from outside is checked against the catalogue and written as a literal, so that the statement can be
shown and run again as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipelines.faults import UserError
from pipelines.metrics.metric import AddsUp, Grain, Metric
from pipelines.sql import any_of, identifier, literal

_THROUGH = "(select through_day from marts.publication)"

_ENDS = {
    Grain.DAY: "period_start",
    Grain.WEEK: "period_start + 6",
    Grain.MONTH: "(period_start + interval 1 month)::date - 1",
    Grain.QUARTER: "(period_start + interval 3 month)::date - 1",
    Grain.YEAR: "(period_start + interval 1 year)::date - 1",
}
"""Span -> last day of one that begins on ``period_start``."""


class QuestionError(UserError):
    """The catalogue does not allow what was asked; the message says what it allows."""


@dataclass(frozen=True)
class Question:
    """What is asked of a metric.

    Attributes:
        by: Span of one value; the metric's own where none is given.
        first: First day; without one only the newest period that has rows is given.
        last: Last day; that of the data where none is given.
        dimensions: Columns to divide by.
        only: Column -> values that are counted, of the columns that the metric can be divided by.
    """

    by: Grain | None = None
    first: date | None = None
    last: date | None = None
    dimensions: Sequence[str] = ()
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)


def metric_sql(key: str, metric: Metric, question: Question, logs: Sequence[str]) -> str:
    """Return the select statement: ``period_start``, ``period_end``, dimensions, ``value``, ``n``, ``is_complete``.

    Args:
        key: The metric's key, for messages.
        metric: The metric.
        question: What is asked of it.
        logs: Logs that it is made from: a period in which one was withheld or had an outage is not complete.

    Raises:
        QuestionError: The metric can't be asked for that span or divided that way.
    """
    by = question.by or metric.grain
    _check(key, metric, question, by)
    columns = tuple(dict.fromkeys((*metric.always_by, *question.dimensions)))
    names = "".join(f"{identifier(one)}, " for one in columns)
    # A figure of one span that is divided by nothing has a row even if there is nothing to count: then it is zero.
    is_single = by in (Grain.NOW, Grain.ALL) and not columns and metric.adds_up in (AddsUp.SUM, AddsUp.DISTINCT)
    parts = [
        "with",
        f"counted as ({_rows(metric, question, by)}\n),",
        f"chosen as ({_chosen(metric, question, by)}\n),",
        "summed as (",
        f"    select {_start(question, by) if is_single else 'period_start'} as period_start,",
        f"        {_end(question, by)} as period_end,",
        f"        {names}{f'coalesce({_value(metric)}, 0)' if is_single else _value(metric)} as value,",
        f"        {'sum(n)::bigint' if metric.of else 'null::bigint'} as n,",
        "        coalesce(bool_and(is_whole), true) as is_whole",
        "    from chosen",
        *([] if is_single else [f"    group by period_start{''.join(f', {identifier(one)}' for one in columns)}"]),
        ")",
        f"select period_start, period_end, {names}value, n,",
        f"    {_is_complete(metric, by, logs)} as is_complete",
        "from summed",
        f"order by period_start{''.join(f', {identifier(one)}' for one in columns)}",
    ]
    return "\n".join(parts)


def _check(key: str, metric: Metric, question: Question, by: Grain) -> None:
    if by not in metric.grains:
        allowed = ", ".join(metric.grains)
        why = f"it is {_said(metric)}"
        if metric.adds_up is AddsUp.NONE:
            why = "its values do not add up over longer periods"
        raise QuestionError(f"{key} can't be asked by {by}, as {why}: ask by {allowed}")
    if (by == Grain.NOW or (by is Grain.ALL and metric.all_filters)) and (question.first or question.last):
        raise QuestionError(f"{key} by {by} stands on the last day of the data: leave out first and last day")
    if question.first and question.last and question.first > question.last:
        raise QuestionError(f"the first day, {question.first}, comes after the last, {question.last}")
    asked = (*question.dimensions, *question.only)
    if unknown := [one for one in asked if one not in metric.columns]:
        allowed = ", ".join(metric.columns) or "nothing"
        raise QuestionError(f"{key} can't be divided by {', '.join(unknown)}: it can be by {allowed}")


def _said(metric: Metric) -> str:
    return "of the last day" if metric.grain is Grain.NOW else f"counted by {metric.grain}"


def _rows(metric: Metric, question: Question, by: Grain) -> str:
    """Rows of the mart that the metric counts, each in its period."""
    start = _start(question, by) or f"date_trunc('{by}', {metric.time})::date"
    at = metric.time or _THROUGH
    filters = list(metric.filters)
    if by is Grain.ALL and metric.all_filters:
        filters = list(metric.all_filters)
    elif metric.time:
        last = f"least({literal(question.last)}::date, {_THROUGH})" if question.last else _THROUGH
        filters.append(f"{metric.time} <= {last}")
        if question.first:
            filters.append(f"{metric.time} >= {literal(question.first)}::date")
    made = f"{metric.value} as value"
    if metric.numerator:
        made = f"{metric.numerator} as numerator, {metric.denominator} as denominator"
    columns = "".join(f"{identifier(one)}, " for one in metric.columns)
    where = "\n        and ".join(filters)
    return (
        f"\n    select {start} as period_start, {at} as counted_on, {columns}{made},"
        f"\n        {metric.of or 'null'} as n, {metric.whole or 'true'} as is_whole"
        f"\n    from marts.{metric.mart}" + (f"\n    where {where}" if where else "")
    )


def _chosen(metric: Metric, question: Question, by: Grain) -> str:
    """Of these the last day of each period where values are of it, and the newest period where none is named."""
    lines = ["\n    select * from counted"]
    conditions = [f"{identifier(column)}::varchar in {any_of(values)}" for column, values in question.only.items()]
    of = "".join(f", {identifier(one)}" for one in metric.always_by)
    last = []
    if metric.adds_up is AddsUp.LAST and by is not Grain.NOW:
        last.append(f"counted_on = max(counted_on) over (partition by period_start{of})")
    if question.first is None and by not in (Grain.NOW, Grain.ALL):
        last.append("period_start = max(period_start) over ()")
    if last:
        lines.append("    qualify " + " and ".join(last))
    inner = "\n".join(lines)
    if not conditions:
        return inner
    return f"\n    select * from ({inner.strip()}) where " + " and ".join(conditions)


def _start(question: Question, by: Grain) -> str | None:
    """First day of the one span that there is; None where there are several."""
    if by is Grain.ALL:
        return literal(question.first) + "::date" if question.first else "null::date"
    return _THROUGH if by is Grain.NOW else None


def _end(question: Question, by: Grain) -> str:
    if by in _ENDS:
        return _ENDS[by]
    return f"least({literal(question.last)}::date, {_THROUGH})" if question.last and by is Grain.ALL else _THROUGH


def _value(metric: Metric) -> str:
    if metric.numerator:
        return "sum(numerator) / nullif(sum(denominator), 0)"
    match metric.adds_up:
        case AddsUp.DISTINCT:
            return "count(distinct value)"
        case AddsUp.MEAN:
            return "sum(value) / count(distinct counted_on) filter (where value is not null)"
        case AddsUp.NONE:
            return "any_value(value)"
    return "sum(value)"


def _is_complete(metric: Metric, by: Grain, logs: Sequence[str]) -> str:
    """Whether a period is over, began after the logs did, and no day of it is missing."""
    if by is Grain.NOW:
        return "is_whole"
    settled = f"period_end + {metric.settles_days}" if metric.settles_days else "period_end"
    conditions = ["is_whole", f"{settled} <= {_THROUGH}"]
    if logs and metric.adds_up not in (AddsUp.LAST, AddsUp.NONE):
        named = any_of(logs)
        conditions += [
            "coalesce(period_start >= (select min(first_log_day) from marts.log_coverage "
            f"where log in {named}), period_start is null)",
            "not exists (select 1 from marts.data_completeness as gaps "
            f"where gaps.log in {named} and (gaps.is_held_out or gaps.is_outage)\n"
            "        and gaps.day between coalesce(period_start, gaps.day) and period_end)",
        ]
    return "\n    and ".join(conditions)
