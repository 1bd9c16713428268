"""The three tables that every way has to make, and their definition in DuckDB SQL written by hand.

``interactions`` is one winning row per interaction: member_id, kind, day.
"""

from __future__ import annotations

WINDOW = 30

KEYED = {
    "members": """
        select member_id, row_number() over ()::uinteger as member_key
        from (select distinct member_id from interactions where member_id is not null)
    """,
    "keyed_days": """
        select
            member_key, day, 0::bigint as n_contents,
            count(*) filter (where kind not in ('view', 'read')) as n_interactions,
            count(*) filter (where kind in ('view', 'read')) as n_reads,
            count(*) filter (where kind = 'ask') as n_asks,
            count(*) filter (where kind = 'answer') as n_answers,
            count(*) filter (where kind in ('comment', 'reply')) as n_comments,
            count(*) filter (where kind in ('join_live', 'chat_live')) as n_live_acts
        from interactions join members using (member_id) group by member_key, day
    """,
}
"""Steps before the tables: members as whole numbers of 32 bits, which are grouped and sorted faster than text."""

MEMBER_DAYS = """
    select
        member_id, n_contents, n_interactions, n_reads, n_asks, n_answers, n_comments,
        n_interactions - n_asks - n_answers - n_comments - n_live_acts as n_reactions,
        n_live_acts, 0::bigint as n_event_acts, n_interactions > 0 as is_active, day
    from keyed_days join members using (member_key)
"""

_SCORE = """
    select
        member_id, 30::int as window_days, contents, interactions, active_days, observed_days, engagement,
        case when engagement >= 0.6 then 'high' when engagement >= 0.2 then 'medium' else 'low' end as activity_level,
        day
    from (
        select
            *, least(30, day - first_day + 1)::bigint as observed_days,
            (contents + interactions + active_days)::double / least(30, day - first_day + 1) as engagement
        from counted
    )
"""

# One sum instead of three: contents, interactions and days are parts of one number, which none of them leaves.
ENGAGEMENT = f"""
    with bounds as (select max(day) as last_day from interactions),
    active as (
        select member_key, day, (n_contents << 44) + (n_interactions << 8) + 1 as parts
        from keyed_days where n_contents + n_interactions > 0
    ),
    changes as (
        from active
        union all
        select member_key, day + {WINDOW}, -parts from active, bounds where day + {WINDOW} <= last_day
    ),
    spans as (
        select
            member_key, day as from_day, first_value(day) over by_day as first_day,
            coalesce(lead(day) over by_day, (select last_day + 1 from bounds)) - day as n_days,
            (sum(parts) over by_day)::bigint as parts
        from changes
        window by_day as (partition by member_key order by day)
    ),
    counted as (
        select
            member_id, first_day, from_day + n as day,
            parts >> 44 as contents, (parts >> 8) & ((1::bigint << 36) - 1) as interactions, parts & 255 as active_days
        from spans
        join (
            select length.range as n_days, nth.range::int as n
            from range({WINDOW} + 1) as length, range({WINDOW}) as nth where nth.range < length.range
        ) using (n_days)
        join members using (member_key)
        where parts > 0
    )
    {_SCORE}
"""

SELF_JOIN_ENGAGEMENT = f"""
    with bounds as (select min(day) as first_day, max(day) as last_day from fct_member_days),
    active as (select member_id, day, n_contents, n_interactions from fct_member_days where is_active),
    firsts as (select member_id, min(day) as first_day from active group by member_id),
    days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as day from bounds),
    summed as (
        select
            active.member_id, days.day,
            sum(n_contents)::bigint as contents,
            sum(n_interactions)::bigint as interactions,
            count(*) as active_days
        from days join active on active.day between days.day - {WINDOW - 1} and days.day
        group by active.member_id, days.day
    ),
    counted as (select * from summed join firsts using (member_id))
    {_SCORE}
"""

COMMUNITY_DAYS = """
    with bounds as (select min(day) as first_day, max(day) as last_day from interactions),
    days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as day from bounds),
    active as (
        select
            member_id, day,
            lag(day) over by_day as previous_day,
            lead(day) over by_day as next_day
        from fct_member_days where is_active
        window by_day as (partition by member_id order by day)
    ),
    changes as (
        select w, day, 1 as n from active, (values (1), (7), (30)) as windows (w)
        union all
        select w, least(day + w, coalesce(next_day, date '9999-12-31')) as day, -1
        from active, (values (1), (7), (30)) as windows (w)
        union all
        select w, day, 0 from days, (values (1), (7), (30)) as windows (w)
    ),
    running as (select w, day, sum(sum(n)) over (partition by w order by day) as n from changes group by w, day),
    counts as (
        select
            day,
            (max(n) filter (where w = 1))::bigint as dau,
            (max(n) filter (where w = 7))::bigint as wau,
            (max(n) filter (where w = 30))::bigint as mau
        from running group by day
    ),
    arrivals as (
        select
            day,
            count(*) filter (where previous_day is null) as new_members,
            count(*) filter (where previous_day < day - 30) as resurrected_members
        from active group by day
    ),
    departures as (
        select day + 30 as day, count(*) as lost_members
        from active where next_day is null or next_day > day + 30 group by day + 30
    ),
    ratios as (
        select days.day, round(avg(past.dau::double / past.mau), 9) as stickiness
        from days join counts as past on past.day between days.day - 29 and days.day and past.mau > 0
        group by days.day
    ),
    totals as (
        select day, sum(n_interactions)::bigint as n_interactions, sum(n_reads)::bigint as n_reads
        from fct_member_days group by day
    ),
    anonymous as (
        select day, count(*) filter (where kind not in ('view', 'read')) as n
        from interactions where member_id is null group by day
    )
    select
        counts.dau, counts.wau, counts.mau, stickiness,
        coalesce(new_members, 0) as new_members,
        coalesce(resurrected_members, 0) as resurrected_members,
        coalesce(lost_members, 0) as lost_members,
        0::bigint as joined_members,
        0::bigint as n_contents,
        coalesce(n_interactions, 0) as n_interactions,
        coalesce(n_reads, 0) as n_reads,
        coalesce(anonymous.n, 0) as n_anonymous_acts,
        0::bigint as wau_days_missing,
        0::bigint as mau_days_missing,
        days.day
    from days
    join counts using (day)
    left join ratios using (day)
    left join arrivals using (day)
    left join departures using (day)
    left join totals using (day)
    left join anonymous using (day)
"""

TABLES = {"fct_member_days": MEMBER_DAYS, "fct_member_engagement": ENGAGEMENT, "community_days": COMMUNITY_DAYS}
"""Query of each table, in the order in which they need each other."""
