"""What is known of members now: a query of each kind for many of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.report.context import SiteContext
from pipelines.report.parts.database import Each, Marts
from pipelines.report.sections import scores

_LATELY = 10
_NONE: Each = Each("select null where false", {})


@dataclass(frozen=True)
class Facts:
    """What is known of members now, of each kind a query for all of them."""

    members: Each
    terms: Each
    value: Each
    points: Each
    scored: Each
    reading: Each


def read(marts: Marts, context: SiteContext, ids: list[str]) -> Facts:
    """Ask the marts; of one that is empty or missing nothing is known."""

    def ask(mart: str, sql: str) -> Each:
        return marts.each(sql, "member_id", ids) if marts.has(mart) else _NONE

    return Facts(
        members=ask("dim_members", _MEMBERS),
        terms=ask("subscription_terms", _TERMS.replace("{through}", context.through)),
        value=ask("member_value", _VALUE),
        points=ask("points_ledger", _POINTS),
        scored=ask("churn_predictions", _scored(marts, context)),
        reading=ask("member_content", _reading(marts)),
    )


_MEMBERS = """
    select
        member_id, display_name as member_name, profile_url as member_url, first_day, joined_day, last_active_day,
        role, status, plan, lifecycle, is_excluded, referrer,
    from marts.dim_members
    where member_id in ({ids})
    """
_TERMS = """
    select member_id, plan, term_end, outcome, currency, price_minor, interval_months, mrr_minor, is_paid
    from marts.subscription_terms
    where member_id in ({ids}) and term_start <= {through}
    qualify row_number() over (
        partition by member_id
        order by outcome = 'running' desc, is_paid desc, term_end desc, subscription_id, term_number desc
    ) = 1
    """
_VALUE = """
    select member_id, currency, net_minor, subscription_net_minor, content_net_minor, event_net_minor, other_net_minor
    from marts.member_value
    where member_id in ({ids})
    order by member_id, net_minor desc, currency
    """
_POINTS = """
    select member_id, balance, occurred_at
    from marts.points_ledger
    where member_id in ({ids})
    qualify row_number() over (partition by member_id order by occurred_at desc, action_id desc, movement) = 1
    """


def _scored(marts: Marts, context: SiteContext) -> str:
    """The scores of the last scored day, as they may be shown."""
    return f"""
    select
        scored.member_id, scored.definition, scored.day, scored.risk_band, {scores.SHOWN} as shown_probability,
        reasons_en, reasons_zh,
    from marts.churn_predictions as scored
    left join (
            {scores.limits_sql(marts)}
    ) as limits on scored.definition = limits.definition
    where
        scored.member_id in ({{ids}})
        and is_current
        and scored.day = (
            select max(day) from marts.churn_predictions where is_current and day <= {context.through}
        )
    order by scored.member_id, scored.probability desc, scored.definition
    """


def _reading(marts: Marts) -> str:
    title, join = "null as title, null as kind", ""
    if marts.has("dim_content"):
        title = "coalesce(pieces.title, roots.title) as title, pieces.kind"
        join = """left join marts.dim_content as pieces on used.content_id = pieces.content_id
    left join marts.dim_content as roots on pieces.root_id = roots.content_id"""
    return f"""
    select
        used.member_id, used.content_id, {title}, n_reads, n_interactions,
        greatest(last_read_day, last_interaction_day) as last_day,
    from marts.member_content as used
    {join}
    where used.member_id in ({{ids}})
    qualify row_number() over (
        partition by used.member_id order by last_day desc, n_interactions desc, n_reads desc, used.content_id
    ) <= {_LATELY}
    order by used.member_id, last_day desc, n_interactions desc, n_reads desc, used.content_id
    """
