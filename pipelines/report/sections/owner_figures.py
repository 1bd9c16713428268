"""The owner's month in figures: a table for each subject, each figure beside the month before and its target."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.report.context import SiteContext
from pipelines.report.parts import known, not_collected
from pipelines.report.parts.blocks import Block, Cell, Column, Table, Tone
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header
from pipelines.report.parts.months import Figure, figures, last_month, month_before
from pipelines.report.parts.text import Text, day, month
from pipelines.report.sections import sales_months
from pipelines.report.sections.revenue import largest_currency

SUBJECTS = (
    (
        "owner_money", Text("Money", "收入"), "subscriptions",
        ("mrr", "payers", "new_payers", "churned_payers", "payer_churn_rate", "renewal_rate", "income_net_minor",
         "terms_due_30", "mrr_due_30"),
    ),
    (
        "owner_members", Text("Members and retention", "成员与留存"), "interactions",
        ("mau", "stickiness", "joined_members", "new_members", "resurrected_members", "lost_members",
         "month_1_retention", "silent_share", "inactivity_rate"),
    ),
    (
        "owner_content", Text("Content and answers", "内容与回答"), "content",
        ("n_contents", "n_interactions", "content_reads", "contributors", "questions", "answered_rate",
         "median_response_hours"),
    ),
    (
        "owner_events", Text("Events", "活动"), "events",
        ("events_held", "registrations", "attendances", "show_up_rate", "event_csat"),
    ),
)  # fmt: skip
"""Name of the query, title, the log without which nothing is known, and the metrics in order."""


def currency_of(marts: Marts, context: SiteContext) -> str:
    """The currency with the most recurring revenue, else with the most payments; empty without money."""
    if marts.has("revenue_months"):
        return marts.value(largest_currency(context)) or ""
    return (sales_months.main_currency(marts, context) or "") if marts.has("payments") else ""


def tables(marts: Marts, context: SiteContext, header: Header, currency: str) -> tuple[list[Block], list[Figure]]:
    """A table for each subject, then one of the targets that are in none; and all figures."""
    blocks: list[Block] = []
    found: list[Figure] = []
    named = {key for *_, keys in SUBJECTS for key in keys}
    others = tuple(key for key in context.targets if key not in named)
    for name, title, log, keys in (*SUBJECTS, ("owner_targets", Text("Other targets", "其他目标"), "", others)):
        own, result = figures(marts, context, header, name, keys, currency)
        if own:
            blocks.append(_table(title, own, context, result))
        elif log:
            blocks.append(not_collected.note(title, log, half=True))
        found += own
    return blocks, found


def reached(found: list[Figure], context: SiteContext) -> tuple[int, int]:
    """How many targets are met, of how many that can be told."""
    told = [said for one in found if one.key in context.targets and (said := one.against(context.targets[one.key]))]
    tones = [tone for _, tone in told if tone != "neutral"]
    return tones.count("good"), len(tones)


def _table(title: Text, own: list[Figure], context: SiteContext, result: object) -> Table:
    whole = last_month(context.through_day)
    has_targets = any(one.key in context.targets for one in own)
    columns = [
        Column(Text("Figure", "指标")),
        Column(month(whole), number=True),
        Column(month(month_before(whole)), number=True),
        Column(Text("Change", "变化"), number=True),
    ]
    return Table(
        title=title,
        note=_open() if any(one.is_open for one in own) else None,
        columns=[*columns, Column(Text("Target", "目标"))] if has_targets else columns,
        rows=[_row(one, context, has_targets=has_targets) for one in own],
        result=result,  # type: ignore[arg-type]
        half=True,
    )


def _open() -> Text:
    return Text("* not all is known of the month yet, so nothing is compared", "* 当月数据尚不完整，故不作比较")


def _row(one: Figure, context: SiteContext, *, has_targets: bool) -> list[Cell]:
    change, tone = one.change
    cells = [
        Cell(_named(one, context)),
        Cell(one.shown()),
        Cell("" if one.is_of_today else one.shown(is_before=True)),
        Cell("" if one.is_of_today else _toned(change, tone)),
    ]
    if has_targets:
        said = one.against(context.targets[one.key]) if one.key in context.targets else None
        cells.append(Cell(_toned(*said) if said else ""))
    return cells


def _named(one: Figure, context: SiteContext) -> Text | Markup:
    """The metric, with the day where it is of that and not of the month."""
    name = known.Term(one.key)
    if not one.is_of_today:
        return name
    today = Text(f"on {day(context.through_day).en}", f"截至 {day(context.through_day).zh}")
    return Markup("{} <small>{}</small>").format(name, today)


def _toned(said: str | Text, tone: Tone) -> Markup:
    return Markup('<span class="{}">{}</span>').format(tone, said)
