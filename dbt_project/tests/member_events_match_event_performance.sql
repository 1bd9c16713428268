-- Members of an event add up to its figures.
with

members as (
    select
        event_id,
        count(*) filter (where is_registered) as n_registered,
        count(*) filter (where state = 'attended') as n_attended,
        count(*) filter (where state = 'no_show') as n_no_show
    from {{ ref('member_events') }}
    group by event_id
),

events as (
    select * from {{ ref('event_performance') }}
)

select
    coalesce(events.event_id, members.event_id) as event_id,
    events.n_registered,
    members.n_registered as n_members_registered,
    events.n_attended,
    members.n_attended as n_members_attended,
    events.n_no_show,
    members.n_no_show as n_members_no_show
from events
full outer join members on events.event_id = members.event_id
where
    coalesce(members.n_registered, 0) <> coalesce(events.n_registered, 0)
    or coalesce(members.n_attended, 0) <> coalesce(events.n_attended, 0)
    or coalesce(members.n_no_show, 0) <> coalesce(events.n_no_show, 0)
