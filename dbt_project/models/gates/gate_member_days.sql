with

days as (
    select day from {{ ref('stale_days') }}
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where day in (select days.day from days)
),

interactions as (
    select * from {{ ref('changed_interactions') }}
    where member_id is not null and kind not in {{ in_list(var('read_kinds')) }}
),

authored as (
    select * from {{ ref('int_content__member_days') }}
    where day in (select days.day from days)
),

event_interactions as (
    select * from {{ ref('int_events__member_days') }}
    where day in (select days.day from days)
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

-- Counted from the interactions themselves, so only where this run read them.
accepted as (
    select
        member_id,
        day,
        1 as n_interactions
    from interactions
    where day in (select days.day from days)
    union all
    select
        member_id,
        day,
        n_asks + n_answers + n_comments as n_interactions
    from authored
    where day in (select changed.day from {{ ref('changed_interaction_days') }} as changed)
    union all
    select
        member_id,
        day,
        n_event_acts as n_interactions
    from event_interactions
    where day in (select changed.day from {{ ref('changed_interaction_days') }} as changed)
),

expected as (
    select
        accepted.day,
        sum(accepted.n_interactions) as n_interactions
    from accepted
    left join excluded_spans
        on
            accepted.member_id = excluded_spans.member_id
            and accepted.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by accepted.day
),

counted as (
    select
        day,
        count(*) as n_rows,
        count(*) filter (where member_id is null or day is null) as n_rows_without_key,
        count(*) - count(distinct member_id) as n_duplicate_keys,
        count(*) filter (
            where least(
                n_contents, n_interactions, n_reads, n_asks, n_answers, n_comments, n_reactions, n_live_acts,
                n_event_acts
            ) < 0
        ) as n_negative,
        sum(n_interactions) as n_interactions
    from member_days
    group by day
),

final as (
    select
        days.day,
        coalesce(counted.n_rows, 0) as n_rows,
        coalesce(counted.n_rows_without_key, 0) as n_rows_without_key,
        coalesce(counted.n_duplicate_keys, 0) as n_duplicate_keys,
        coalesce(counted.n_negative, 0) as n_negative,
        cast(expected.n_interactions - coalesce(counted.n_interactions, 0) as bigint) as n_lost_interactions
    from days
    left join counted on days.day = counted.day
    left join expected on days.day = expected.day
)

select * from final
