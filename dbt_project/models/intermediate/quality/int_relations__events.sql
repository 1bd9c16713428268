{% set participation_rules = [
    'event_unknown', 'member_unknown', 'after_erasure', 'attended_before_start', 'no_show_before_start',
    'registered_after_end', 'attended_before_registered', 'attended_and_no_show', 'cancelled_after_attending',
    'attended_too_long'
] %}
{% set event_rules = ['member_unknown', 'currency_odd', 'attended_over_capacity'] %}
{% set feedback_rules = [
    'event_unknown', 'content_unknown', 'member_unknown', 'after_erasure', 'feedback_before_event',
    'feedback_by_no_show', 'feedback_twice'
] %}

with

members as (
    {{ known_members() }}
),

events as (
    {{ with_news(ref('stg_lake__events'), 'events') }}
),

participation as (
    {{ with_news(ref('stg_lake__event_participation'), 'event_participation') }}
),

feedback as (
    {{ with_news(ref('stg_lake__feedback'), 'feedback') }}
),

content as (
    select * from {{ ref('stg_lake__content') }}
),

odd_currencies as (
    {{ odd_currencies('events') }}
),

timed as (
    select
        *,
        {{ local_day('ends_at') }} as ends_day,
        {{ seconds_between('starts_at', 'ends_at') }} / 60 as length_minutes
    from events
),

states as (
    select
        event_id,
        member_id,
        min(case when state = 'registered' then event_day end) as registered_day,
        min(case when state = 'attended' then event_day end) as attended_day,
        count(*) filter (where state = 'no_show') > 0 as is_no_show
    from participation
    group by event_id, member_id
),

attendance as (
    select
        event_id,
        count(*) as n_attended
    from states
    where attended_day is not null
    group by event_id
),

participation_judged as (
    select
        participation.log_day,
        participation.event_id || ' ' || participation.member_id as row_key,
        participation.is_new or timed.is_new as is_new,
        case when {{ has_rows('events') }} then timed.event_id is null end as event_unknown,
        case when {{ has_rows('members') }} then members.member_id is null end as member_unknown,
        case
            when participation.state in ('registered', 'attended')
                then participation.event_day > members.erased_day
        end as after_erasure,
        case
            when participation.state = 'attended' then participation.event_day < timed.starts_day
        end as attended_before_start,
        case
            when participation.state = 'no_show' then participation.event_day < timed.starts_day
        end as no_show_before_start,
        case
            when participation.state = 'registered'
                then participation.event_day > coalesce(timed.ends_day, {{ add_days('timed.starts_day', 1) }})
        end as registered_after_end,
        case
            when participation.state = 'attended' then states.attended_day < states.registered_day
        end as attended_before_registered,
        case
            when participation.state in ('attended', 'no_show')
                then states.attended_day is not null and states.is_no_show
        end as attended_and_no_show,
        case
            when participation.state = 'cancelled' then coalesce(participation.event_day > states.attended_day, false)
        end as cancelled_after_attending,
        case
            when participation.state = 'attended' then participation.minutes > timed.length_minutes + 60
        end as attended_too_long
    from participation
    left join timed on participation.event_id = timed.event_id
    left join members on participation.member_id = members.member_id
    left join states on participation.event_id = states.event_id and participation.member_id = states.member_id
),

events_judged as (
    select
        timed.log_day,
        timed.event_id as row_key,
        timed.is_new,
        case
            when timed.host_id is not null and {{ has_rows('members') }} then members.member_id is null
        end as member_unknown,
        case when timed.currency is not null then odd_currencies.currency is not null end as currency_odd,
        attendance.n_attended > timed.capacity as attended_over_capacity
    from timed
    left join members on timed.host_id = members.member_id
    left join odd_currencies on timed.currency = odd_currencies.currency
    left join attendance on timed.event_id = attendance.event_id
),

feedback_judged as (
    select
        feedback.log_day,
        feedback.feedback_id as row_key,
        feedback.is_new or timed.is_new as is_new,
        case
            when feedback.about_kind = 'event' and feedback.about_id is not null and {{ has_rows('events') }}
                then timed.event_id is null
        end as event_unknown,
        case
            when feedback.about_kind = 'content' and feedback.about_id is not null and {{ has_rows('content') }}
                then content.content_id is null
        end as content_unknown,
        case when {{ has_rows('members') }} then members.member_id is null end as member_unknown,
        feedback.event_day > members.erased_day as after_erasure,
        feedback.event_day < timed.starts_day as feedback_before_event,
        case
            when timed.event_id is not null and states.member_id is not null
                then states.is_no_show and states.attended_day is null
        end as feedback_by_no_show,
        case
            when feedback.about_id is not null
                then
                    row_number() over (
                        partition by
                            feedback.member_id, feedback.about_kind, feedback.about_id, feedback.scale,
                            feedback.event_day
                        order by feedback.occurred_at, feedback.feedback_id
                    ) > 1
        end as feedback_twice
    from feedback
    left join timed on feedback.about_kind = 'event' and feedback.about_id = timed.event_id
    left join content on feedback.about_kind = 'content' and feedback.about_id = content.content_id
    left join members on feedback.member_id = members.member_id
    left join states on timed.event_id = states.event_id and feedback.member_id = states.member_id
),

participation_counted as (
    {{ count_broken('participation_judged', participation_rules) }}
),

events_counted as (
    {{ count_broken('events_judged', event_rules) }}
),

feedback_counted as (
    {{ count_broken('feedback_judged', feedback_rules) }}
),

final as (
    {{ list_broken('participation_counted', 'event_participation', participation_rules) }}
    union all
    {{ list_broken('events_counted', 'events', event_rules) }}
    union all
    {{ list_broken('feedback_counted', 'feedback', feedback_rules) }}
)

select * from final
