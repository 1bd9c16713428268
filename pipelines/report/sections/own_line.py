"""The time line of a member: one query for everything that happened in a year, for many members at once.

Each row is something of a day: ``what`` happened, ``how`` in the marts' words, what it was ``about``, with whom, how
much. Weeks of activity are rows too, so that all stand on one line.
"""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts.database import Each, Marts
from pipelines.report.sections import scores

DAYS = 365
"""How far back the line goes."""

_COLUMNS = (
    "what", "how", "kind", "about_id", "title", "other_id", "other_name", "other_url", "amount", "n", "currency",
    "said_en", "said_zh",
)  # fmt: skip
_TYPES = {"amount": "double", "n": "bigint"}
_TITLES = "left join marts.dim_content as pieces on {of}.content_id = pieces.content_id"


def line(marts: Marts, context: SiteContext, ids: list[str]) -> Each:
    """What happened to these members in the last year, the newest first."""
    parts = [sql for mart, sql in _parts(marts, context) if marts.has(mart)]
    body = "\n        union all by name\n".join(parts or [_row("marts.dim_members", "null::date", {})])
    sql = f"""
        with
        lines as ({body}
        )

        select *
        from lines
        where day between {context.through} - {DAYS - 1} and {context.through}
        order by member_id, day desc, what, how, about_id, title, amount, n
        """
    return marts.each(sql, "member_id", ids)


def _row(source: str, day: str, given: dict[str, str], where: str = "true", member: str = "member_id") -> str:
    columns = ", ".join(f"{given.get(name, 'null')}::{_TYPES.get(name, 'varchar')} as {name}" for name in _COLUMNS)
    return f"""
        select {member} as member_id, ({day})::date as day, {columns}
        from {source}
        where {member} in ({{ids}}) and {where}"""


def _parts(marts: Marts, context: SiteContext) -> list[tuple[str, str]]:
    """The mart that each part needs, and the part."""
    has_pieces, has_events = marts.has("dim_content"), marts.has("dim_events")
    return [
        ("fct_member_days", _weeks(context)),
        ("payments", _payments(has_pieces, has_events)),
        ("subscription_terms", _begun()),
        ("subscription_terms", _ended()),
        ("member_events", _events(has_events)),
        ("retention_actions", _lists()),
        ("member_actions", _sent()),
        ("points_ledger", _points()),
        ("answer_times", _questions(has_pieces)),
        ("dim_content", _written()),
        ("churn_predictions", _risk(marts)),
        ("member_history", _states()),
    ]


def _quoted(what: str, how: str = "null", **more: str) -> dict[str, str]:
    return {"what": f"'{what}'", "how": how} | more


def _weeks(context: SiteContext) -> str:
    """Weeks from Monday on; the running one ends with the data. ``n`` is what they did, ``amount`` what they read."""
    start = "date_trunc('week', day)::date"
    return f"""
        select
            member_id, least({start} + 6, {context.through}) as day, 'week' as what, null as how,
            (count(*) filter (where is_active))::varchar as kind,
            {start}::varchar as about_id, null as title, null as other_id, null as other_name, null as other_url,
            sum(n_reads) as amount, sum(n_contents + n_interactions) as n, null as currency,
            null as said_en, null as said_zh
        from marts.fct_member_days
        where member_id in ({{ids}}) and day between {context.through} - {DAYS - 1} and {context.through}
        group by member_id, {start}"""


def _payments(has_pieces: bool, has_events: bool) -> str:
    titles = ", ".join(
        name for name, known in (("pieces.title", has_pieces), ("gatherings.title", has_events)) if known
    )
    source = "marts.payments as money"
    if has_pieces:
        source += "\n        " + _TITLES.format(of="money")
    if has_events:
        source += "\n        left join marts.dim_events as gatherings on money.event_id = gatherings.event_id"
    given = _quoted(
        "payment", "movement", kind="paid_for", currency="money.currency", amount="gross_minor - refund_minor"
    )
    given |= {"about_id": "coalesce(money.content_id, money.event_id)"}
    given |= {"title": f"coalesce({titles}, null)"} if titles else {}
    return _row(source, "money.day", given, "money.problem is null")


def _begun() -> str:
    given = _quoted("begun", "started_by", title="plan", about_id="term_end", amount="mrr_minor", currency="currency")
    return _row("marts.subscription_terms", "term_start", given, "started_by <> 'renew'")


def _ended() -> str:
    given = _quoted("ended", "outcome", kind="started_by", title="plan", amount="mrr_minor", currency="currency")
    over = "outcome in ('refunded', 'payment_failure', 'cancelled', 'expired', 'in_grace')"
    return _row("marts.subscription_terms", "coalesce(ended_day, term_end)", given, over)


def _events(has_events: bool) -> str:
    given = _quoted("event", "state", about_id="came.event_id", amount="csat_score")
    source = "marts.member_events as came"
    if has_events:
        given |= {"title": "gatherings.title"}
        source += "\n        left join marts.dim_events as gatherings on came.event_id = gatherings.event_id"
    return _row(source, "came.starts_day", given, "state <> 'invited'")


def _lists() -> str:
    given = _quoted("list", "arm", kind="definition", said_en="suggestion_en", said_zh="suggestion_zh")
    return _row("marts.retention_actions", "day", given)


def _sent() -> str:
    """What was sent or given, each for itself; points are those of their ledger."""
    names = "nullif(concat_ws(' / ', campaign_id, nullif(coupon_id, campaign_id)), '')"
    return _row(
        "marts.member_actions", "day", _quoted("sent", "kind", title=names), "arm = 'treated' and kind <> 'points'"
    )


def _points() -> str:
    return _row("marts.points_ledger", "day", _quoted("points", "movement", title="campaign_id", n="points"))


def _questions(has_pieces: bool) -> str:
    """Questions that the member asked; ``n`` is how many responses came, ``amount`` the hours to the first."""
    source = """marts.answer_times as asked
        left join marts.dim_members as others on asked.first_responder_id = others.member_id"""
    title = "null"
    if has_pieces:
        source += "\n        left join marts.dim_content as pieces on asked.question_id = pieces.content_id"
        title = "pieces.title"
    given = _quoted(
        "question",
        "case when n_responses > 0 then 'answered' when is_waiting then 'waiting' else 'unanswered' end",
        about_id="question_id",
        title=title,
        other_id="first_responder_id",
        other_name="others.display_name",
        other_url="others.profile_url",
        amount="coalesce(hours_to_first_response, observed_hours)",
        n="n_responses",
    )
    return _row(source, "asked_day", given, member="asker_id")


def _written() -> str:
    given = _quoted("wrote", "kind", about_id="content_id", title="title")
    return _row(
        "marts.dim_content", "published_day", given, "kind not in ('question', 'answer', 'comment')", "author_id"
    )


def _risk(marts: Marts) -> str:
    """The last score of each week; ``n`` is 1 where the band is another than in the week before."""
    week = "scored.member_id, scored.definition, date_trunc('week', scored.day)"
    return f"""
        select * replace (
            (how is distinct from lag(how) over (partition by member_id, kind order by day))::bigint as n
        )
        from (
            select
                scored.member_id, scored.day, 'risk' as what, risk_band as how, scored.definition as kind,
                null as about_id, null as title, null as other_id, null as other_name, null as other_url,
                {scores.SHOWN} as amount, null::bigint as n, null as currency,
                reasons_en as said_en, reasons_zh as said_zh
            from marts.churn_predictions as scored
            left join (
            {scores.limits_sql(marts)}
            ) as limits on scored.definition = limits.definition
            where scored.member_id in ({{ids}}) and is_current
            qualify scored.day = max(scored.day) over (partition by {week})
        )"""


def _states() -> str:
    """Changes of plan, role and standing; the first state of all is no change."""
    before = {
        name: f"lag({name}) over (partition by member_id order by from_day)" for name in ("plan", "role", "status")
    }
    changed = " or ".join(f"{name} is distinct from {lag}" for name, lag in before.items())
    given = _quoted("state", "status", kind="role", title="plan")
    given |= {"said_en": before["status"], "said_zh": before["role"], "about_id": before["plan"]}
    first = "row_number() over (partition by member_id order by from_day) > 1"
    return _row("marts.member_history", "from_day", given) + f"\n        qualify {first} and ({changed})"
