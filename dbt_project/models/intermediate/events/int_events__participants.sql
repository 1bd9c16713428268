{{ config(meta={'reach_days': 'lifetime'}) }}

with

events as (
    select * from {{ ref('stg_lake__events') }}
),

participation as (
    select * from {{ ref('stg_lake__event_participation') }}
),

interactions as (
    select * from {{ ref('int_interactions__event_member_days') }}
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
    where about_kind = 'event'
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

-- Who takes the registration back and registers again is coming. Of states at one moment the later version holds.
ordered as (
    select
        *,
        row_number() over (
            partition by event_id, member_id
            order by occurred_at desc, source_seq desc nulls last, log_day desc, state asc
        ) as state_rank
    from participation
),

states as (
    select
        event_id,
        member_id,
        count(*) filter (where state = 'invited') > 0 as is_invited,
        count(*) filter (where state in ('registered', 'attended', 'no_show')) > 0 as is_registered,
        count(*) filter (where state = 'cancelled' and state_rank = 1) > 0 as is_cancelled,
        count(*) filter (where state = 'attended') > 0 as is_attended,
        count(*) filter (where state = 'no_show') > 0 as is_no_show,
        max(state) filter (where state_rank = 1) as last_state,
        {% for state in ['invited', 'registered', 'waitlisted', 'cancelled', 'attended', 'no_show'] %}
            min(occurred_at) filter (where state = '{{ state }}') as {{ state }}_at,
        {% endfor %}
        max(minutes) filter (where state = 'attended') as minutes,
        max(n_interactions) as n_reported
    from ordered
    group by event_id, member_id
),

logged as (
    select
        event_id,
        member_id,
        sum(n_interactions) as n_logged
    from interactions
    group by event_id, member_id
),

-- The same interaction may be reported with the attendance and logged too, so the larger number counts.
seen as (
    select
        coalesce(states.event_id, logged.event_id) as event_id,
        coalesce(states.member_id, logged.member_id) as member_id,
        coalesce(states.is_invited, false) as is_invited,
        coalesce(states.is_registered, false) as is_registered,
        coalesce(states.is_cancelled, false) as is_cancelled,
        coalesce(states.is_attended, false) as is_attended,
        coalesce(states.is_no_show and not states.is_attended, false) as is_no_show,
        case
            when states.is_attended then 'attended'
            when states.is_no_show then 'no_show'
            else states.last_state
        end as state,
        states.invited_at,
        states.registered_at,
        states.waitlisted_at,
        states.cancelled_at,
        states.attended_at,
        states.no_show_at,
        states.minutes,
        greatest(coalesce(states.n_reported, 0), coalesce(logged.n_logged, 0)) as n_interactions
    from states
    full outer join logged on states.event_id = logged.event_id and states.member_id = logged.member_id
),

participants as (
    select
        seen.*,
        events.starts_day
    from seen
    inner join events on seen.event_id = events.event_id
    left join excluded_spans
        on
            seen.member_id = excluded_spans.member_id
            and events.starts_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

respondents as (
    select distinct
        about_id as event_id,
        member_id
    from feedback
),

attended_days as (
    select distinct
        member_id,
        starts_day
    from participants
    where is_attended
),

earlier_visits as (
    select
        member_id,
        starts_day,
        lag(starts_day) over (partition by member_id order by starts_day) as previous_day
    from attended_days
),

-- The days around the event, each looked up once among the member-days.
days_around as (
    select
        event_id,
        member_id,
        starts_day,
        {{ each_day(add_days('starts_day', -14), add_days('starts_day', 14)) }} as day
    from participants
    where is_attended or is_no_show
),

activity as (
    select
        days_around.event_id,
        days_around.member_id,
        count(*) filter (where days_around.day < days_around.starts_day) as n_active_days_before,
        count(*) filter (where days_around.day > days_around.starts_day) as n_active_days_after,
        count(*) filter (
            where
            days_around.day > days_around.starts_day
            and days_around.day <= {{ add_days('days_around.starts_day', 7) }}
        ) as n_active_days_of_7
    from days_around
    inner join member_days on days_around.member_id = member_days.member_id and days_around.day = member_days.day
    group by days_around.event_id, days_around.member_id
),

final as (
    select
        participants.event_id,
        participants.member_id,
        participants.is_invited,
        participants.is_registered,
        participants.is_cancelled,
        participants.is_attended,
        participants.is_no_show,
        participants.state,
        participants.invited_at,
        participants.registered_at,
        participants.waitlisted_at,
        participants.cancelled_at,
        participants.attended_at,
        participants.no_show_at,
        participants.minutes,
        respondents.member_id is not null as has_given_feedback,
        participants.is_attended and coalesce(activity.n_active_days_of_7, 0) > 0 as is_active_within_7_days,
        participants.is_attended and coalesce(
            earlier_visits.previous_day >= {{ add_days('participants.starts_day', -90) }}, false
        ) as is_repeat,
        cast(participants.n_interactions as bigint) as n_interactions,
        cast(coalesce(activity.n_active_days_before, 0) as bigint) as n_active_days_before,
        cast(coalesce(activity.n_active_days_after, 0) as bigint) as n_active_days_after,
        participants.starts_day
    from participants
    left join respondents
        on participants.event_id = respondents.event_id and participants.member_id = respondents.member_id
    left join earlier_visits
        on participants.member_id = earlier_visits.member_id and participants.starts_day = earlier_visits.starts_day
    left join activity
        on participants.event_id = activity.event_id and participants.member_id = activity.member_id
)

select * from final
