-- The hours of a day add up to the day, where it is known.
with

hours as (
    select
        day,
        sum(n_contents) as n_contents,
        sum(n_interactions) as n_interactions,
        sum(n_reads) as n_reads,
        sum(n_anonymous_acts) as n_anonymous_acts
    from {{ ref('activity_hours') }}
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
