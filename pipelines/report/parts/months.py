"""Metrics of the catalogue by whole months, asked in one query, the month before and the target beside each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.metrics.answer import logs_of
from pipelines.metrics.metric import ACTIVITY, Grain, Metric, catalogue
from pipelines.metrics.query import Question, metric_sql
from pipelines.metrics.targets import MONEY, Target
from pipelines.report.context import SiteContext
from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.changes import change
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.targets import against
from pipelines.report.parts.text import MISSING, Number, Text, decimal, hours, integer, major, money, percent
from pipelines.sql import literal

_NOT_MEMBERS = ("acts", "pieces", "questions", "events", "rows", "days")
_SALES = ("payments", "content_sales", "event_sales")
"""Marts whose acts are purchases, each by somebody."""
_PAYERS = {
    "revenue_months": "(select sum(n_payers_end)::bigint from marts.revenue_months where month = period_start)",
    "payments": "(select count(distinct member_id) from marts.payments where month = period_start)",
}
"""Mart of amounts -> of how many members those of a month are."""


@dataclass(frozen=True)
class Figure:
    """A metric in the last whole month, or on the last day where it is of that, and in the month before."""

    key: str
    metric: Metric
    currency: str
    now: Row | None
    before: Row | None

    @property
    def value(self) -> Number | None:
        """What it came to, as the mart holds it; None where it is not known."""
        return _value(self.metric, self.now)

    @property
    def amount(self) -> Number | None:
        """The same in the unit that people read."""
        value = self.value
        return value if value is None or self.metric.unit != MONEY else major(value, self.currency)

    @property
    def is_of_today(self) -> bool:
        """Whether it is of the last day of the data, not of the month."""
        return self.metric.grain is Grain.NOW

    @property
    def is_open(self) -> bool:
        """Whether what is shown of the month is not all of it."""
        return self.value is not None and self.now is not None and not self.now["is_complete"]

    @property
    def is_sure(self) -> bool:
        """Whether nothing of it is missing, and it is of enough to say something."""
        return _is_sure(self.metric, self.now)

    def shown(self, *, is_before: bool = False) -> str | Text:
        """What it came to, as people read it."""
        row = self.before if is_before else self.now
        value = _value(self.metric, row)
        if value is None or row is None:
            return MISSING
        said = self._written(value, row)
        return said if row["is_complete"] else (said if isinstance(said, Text) else Text(said, said)) + " *"

    def _written(self, value: Number, row: Row) -> str | Text:
        match self.metric.unit:
            case "share":
                return percent(value, row["n"])
            case "minor units":
                return money(value, self.currency)
            case "hours":
                return hours(value)
            case "ratio" | "score" | "points" | "number":
                return decimal(value, 1)
        return integer(value)

    @property
    def change(self) -> tuple[str | Text, Tone]:
        """By how much it differs from the month before, and whether that is good; a dash where either is not sure."""
        if not (self.is_sure and _is_sure(self.metric, self.before)):
            return MISSING, "neutral"
        return change(self.metric, self.value, _value(self.metric, self.before), self.currency)

    def against(self, target: Target) -> tuple[Text, Tone] | None:
        """What is lacking of its target; None where that is of another currency or span."""
        span = Grain.NOW if self.metric.grain is Grain.NOW else Grain.MONTH
        if target.currency not in ("", self.currency) or not target.is_of(span):
            return None
        return against(self.amount if self.is_sure else None, target, is_named=False)


def last_month(through_day: date) -> date:
    """First day of the last month that is over."""
    return month_before((through_day + timedelta(days=1)).replace(day=1))


def month_before(month: date) -> date:
    """First day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def figures(
    marts: Marts, context: SiteContext, header: Header, name: str, keys: Iterable[str], currency: str
) -> tuple[list[Figure], Result | None]:
    """Ask metrics for the last whole month and the one before; those that nobody delivers are left out.

    Args:
        marts: what is published.
        context: the publication.
        header: what is collected.
        name: name of the query.
        keys: of the metrics, in the order in which they come.
        currency: of amounts; without one those that are divided by it are left out.
    """
    asked = {key: one for key in keys if _can_be_asked(one := catalogue()[key], marts, context, header, currency)}
    if not asked:
        return [], None
    month = last_month(context.through_day)
    selects = [_select(key, one, context, month, currency) for key, one in asked.items()]
    result = marts.run(name, "\nunion all\n".join(selects) + "\norder by metric, month")
    rows = {(row["metric"], row["month"]): row for row in result.rows}
    found = []
    for key, one in asked.items():
        day = context.through_day if one.grain is Grain.NOW else month
        before = None if one.grain is Grain.NOW else rows.get((key, month_before(month)))
        found.append(Figure(key, one, currency, rows.get((key, day)), before))
    return [one for one in found if one.now or one.before], result


def _can_be_asked(metric: Metric, marts: Marts, context: SiteContext, header: Header, currency: str) -> bool:
    logs = {source.log for source in header.sources if source.is_collected}
    for one in metric.needs:
        if not logs & {*(context.activity_logs if one == ACTIVITY else (one,))}:
            return False
    if metric.fact and header.lacks.get(metric.fact):
        return False
    if metric.always_by not in ((), ("currency",)) or (metric.always_by and not currency):
        return False
    if context.least_shown and metric.unit == MONEY and metric.mart not in _PAYERS:
        return False
    return bool({Grain.MONTH, Grain.NOW} & {*metric.grains}) and marts.has(metric.mart)


def _select(key: str, metric: Metric, context: SiteContext, month: date, currency: str) -> str:
    """One metric's rows: its value in the column of its kind, so that it is known which of them count members."""
    is_now = metric.grain is Grain.NOW
    only = {"currency": [currency]} if metric.always_by else {}
    last = month_after(month) - timedelta(days=1)
    question = Question(only=only) if is_now else Question(Grain.MONTH, month_before(month), last, only=only)
    at = context.through if is_now else "period_start"
    column = _column(metric)
    kinds = ("n_members", "n_counted", "share_of_n", "amount_minor", "number")
    values = "".join(
        f"{'round(value)::bigint' if kind == 'amount_minor' else 'value::double'} as {kind}, "
        if kind == column
        else f"null as {kind}, "
        for kind in kinds
    )
    payers = _PAYERS.get(metric.mart, "null::bigint") if metric.unit == MONEY else "null::bigint"
    return (
        f"select {literal(key)} as metric, {at} as month, {values}n, {payers} as n_payers, is_complete from (\n"
        f"{metric_sql(key, metric, question, logs_of(metric, context.activity_logs))}\n)"
    )


def month_after(month: date) -> date:
    """First day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _column(metric: Metric) -> str:
    match metric.unit:
        case "share":
            return "share_of_n"
        case "minor units":
            return "amount_minor"
        case "hours" | "ratio" | "score" | "points" | "number":
            return "number"
    return "n_counted" if metric.unit in _NOT_MEMBERS and metric.mart not in _SALES else "n_members"


def _value(metric: Metric, row: Row | None) -> Number | None:
    if row is None or (not row["is_complete"] and metric.settles_days):
        return None
    value: Number | None = row[_column(metric)]
    return value


def _is_sure(metric: Metric, row: Row | None) -> bool:
    if row is None or not row["is_complete"] or _value(metric, row) is None:
        return False
    return metric.min_n is None or (row["n"] is not None and int(row["n"]) >= metric.min_n)
