-- The hours of a day and what has none add up to the day, where it is known.
with

counted as (
    select
        day,
        n_contents,
        n_interactions,
        n_reads,
        n_anonymous_acts
    from {{ ref('activity_hours') }}
    union all
    select
        timeless.day,
        0 as n_contents,
        case when timeless.member_id is not null then timeless.n_interactions else 0 end as n_interactions,
        case when timeless.member_id is not null then timeless.n_reads else 0 end as n_reads,
        case when timeless.member_id is null then timeless.n_interactions else 0 end as n_anonymous_acts
    from {{ ref('int_interactions__member_hours') }} as timeless
    inner join {{ ref('community_days') }} as known_days on timeless.day = known_days.day
    left join {{ ref('int_members__excluded_spans') }} as excluded_spans
        on
            timeless.member_id = excluded_spans.member_id
            and timeless.day between excluded_spans.from_day and excluded_spans.to_day
    where timeless.hour is null and excluded_spans.member_id is null
),

hours as (
    select
        day,
        sum(n_contents) as n_contents,
        sum(n_interactions) as n_interactions,
        sum(n_reads) as n_reads,
        sum(n_anonymous_acts) as n_anonymous_acts
    from counted
    group by day
),

events as (
    select
        day,
        sum(n_event_acts) as n_event_acts
    from {{ ref('fct_member_days') }}
    where n_event_acts > 0
    group by day
),

days as (
    select * from {{ ref('community_days') }}
)

select
    coalesce(days.day, hours.day) as day,
    days.n_contents,
    hours.n_contents as n_contents_of_hours,
    days.n_interactions,
    hours.n_interactions as n_interactions_of_hours,
    events.n_event_acts,
    days.n_reads,
    hours.n_reads as n_reads_of_hours,
    days.n_anonymous_acts,
    hours.n_anonymous_acts as n_anonymous_acts_of_hours
from days
full outer join hours on days.day = hours.day
left join events on days.day = events.day
where
    days.day is null
    or days.n_contents <> coalesce(hours.n_contents, 0)
    or days.n_interactions <> coalesce(hours.n_interactions, 0) + coalesce(events.n_event_acts, 0)
    or days.n_reads <> coalesce(hours.n_reads, 0)
    or days.n_anonymous_acts <> coalesce(hours.n_anonymous_acts, 0)
