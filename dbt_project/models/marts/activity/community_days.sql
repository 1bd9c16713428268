{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        meta={'reach_days': 59},
    )
}}

with

as_of_days as (
    select day from {{ days_to_build(59) }}
),

active_counts as (
    select * from {{ ref('int_community__active_counts') }}
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where day in (select as_of_days.day from as_of_days)
),

anonymous_days as (
    select * from {{ ref('int_interactions__member_days') }}
    where member_id is null and day in (select as_of_days.day from as_of_days)
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

withheld_days as (
    select * from {{ ref('held_out_days') }}
    where not keeps_earlier
),

-- What was withheld is not known, so what rests on it is a gap, never a zero.
gaps as (
    select
        day,
        bool_or(log = 'interactions') as lacks_interactions,
        bool_or(log = 'content') as lacks_content,
        bool_or(log = 'members') as lacks_members,
        bool_or(log in {{ activity_logs() }}) as lacks_activity
    from withheld_days
    group by day
),

missing as (
    select
        as_of_days.day,
        count(*) filter (where gaps.day > {{ add_days('as_of_days.day', -7) }}) as wau_days_missing,
        count(*) as mau_days_missing
    from as_of_days
    inner join gaps on gaps.day between {{ add_days('as_of_days.day', -29) }} and as_of_days.day
    where gaps.lacks_activity
    group by as_of_days.day
),

-- Rounded, because a mean of doubles depends in its last bits on how the engine cut the sum into pieces.
stickiness as (
    select
        as_of_days.day,
        round(avg(cast(past.dau as double) / past.mau), 9) as stickiness
    from as_of_days
    inner join active_counts as past
        on past.day between {{ add_days('as_of_days.day', -29) }} and as_of_days.day and past.mau > 0
    left join gaps on past.day = gaps.day
    where not coalesce(gaps.lacks_activity, false)
    group by as_of_days.day
),

joined as (
    select
        first_days.joined_day as day,
        count(*) as joined_members
    from first_days
    left join excluded_spans
        on
            first_days.member_id = excluded_spans.member_id
            and first_days.joined_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by first_days.joined_day
),

interactions as (
    select
        day,
        sum(n_contents) as n_contents,
        sum(n_interactions) as n_interactions,
        sum(n_reads) as n_reads
    from member_days
    group by day
),

anonymous as (
    select
        day,
        sum(n_interactions) as n_anonymous_acts
    from anonymous_days
    group by day
),

final as (
    select
        as_of_days.day,
        case when not coalesce(gaps.lacks_activity, false) then active_counts.dau end as dau,
        active_counts.wau,
        active_counts.mau,
        stickiness.stickiness,
        case when not coalesce(gaps.lacks_activity, false) then active_counts.new_members end as new_members,
        case
            when not coalesce(gaps.lacks_activity, false) then active_counts.resurrected_members
        end as resurrected_members,
        case when not coalesce(gaps.lacks_activity, false) then active_counts.lost_members end as lost_members,
        case
            when not coalesce(gaps.lacks_members, false) then cast(coalesce(joined.joined_members, 0) as bigint)
        end as joined_members,
        case
            when not coalesce(gaps.lacks_content, false) then cast(coalesce(interactions.n_contents, 0) as bigint)
        end as n_contents,
        case
            when not coalesce(gaps.lacks_activity, false) then cast(coalesce(interactions.n_interactions, 0) as bigint)
        end as n_interactions,
        case
            when not coalesce(gaps.lacks_interactions, false) then cast(coalesce(interactions.n_reads, 0) as bigint)
        end as n_reads,
        case
            when not coalesce(gaps.lacks_interactions, false)
                then cast(coalesce(anonymous.n_anonymous_acts, 0) as bigint)
        end as n_anonymous_acts,
        cast(coalesce(missing.wau_days_missing, 0) as bigint) as wau_days_missing,
        cast(coalesce(missing.mau_days_missing, 0) as bigint) as mau_days_missing
    from as_of_days
    inner join active_counts on as_of_days.day = active_counts.day
    left join stickiness on as_of_days.day = stickiness.day
    left join joined on as_of_days.day = joined.day
    left join interactions on as_of_days.day = interactions.day
    left join anonymous on as_of_days.day = anonymous.day
    left join gaps on as_of_days.day = gaps.day
    left join missing on as_of_days.day = missing.day
)

select * from final
