{% set window = 90 %}
{% set scales = ['csat5', 'nps10', 'likert'] %}

with

build as (
    select * from {{ source('control', 'build') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
    where last_active_day is not null
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

all_events as (
    select * from {{ ref('stg_lake__events') }}
),

participation as (
    select * from {{ ref('stg_lake__event_participation') }}
),

all_feedback as (
    select * from {{ ref('stg_lake__feedback') }}
),

-- Days by name, so that only the newest part of the fact is read.
window_days as (
    select {{ each_day(add_days('through_day', 1 - window), 'through_day') }} as day
    from build
),

events as (
    select distinct all_events.event_id
    from all_events
    inner join window_days on all_events.starts_day = window_days.day
),

-- What is not collected is unknown, not zero.
collected as (
    select
        build.through_day,
        (select count(*) from all_feedback) > 0 as has_feedback,
        (select count(*) from all_events) > 0 and (select count(*) from participation) > 0 as has_events,
        (select count(*) from events) as n_events
    from build
),

members as (
    select
        first_days.member_id,
        collected.through_day,
        collected.has_feedback,
        case when collected.has_events then collected.n_events end as n_events,
        least({{ window }}, {{ days_since('collected.through_day', 'first_days.first_day') }} + 1) as observed_days
    from first_days
    cross join collected
    left join excluded_spans
        on
            first_days.member_id = excluded_spans.member_id
            and collected.through_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

attended as (
    select
        participation.member_id,
        count(distinct participation.event_id) as n_events
    from participation
    inner join events on participation.event_id = events.event_id
    where participation.state = 'attended'
    group by participation.member_id
),

activity as (
    select
        member_days.member_id,
        count(*) as n_active_days,
        sum(member_days.n_interactions) as n_interactions
    from member_days
    inner join window_days on member_days.day = window_days.day
    group by member_days.member_id
),

-- Scores in decimals: their sum is exact, so its order can't change the last digit.
scores as (
    select
        all_feedback.member_id,
        all_feedback.scale,
        cast(all_feedback.score as decimal(18, 6)) as score
    from all_feedback
    inner join window_days on all_feedback.event_day = window_days.day
),

feedback as (
    select
        member_id,
        {% for scale in scales %}
            cast(sum(score) filter (where scale = '{{ scale }}') as double) as sum_{{ scale }},
            count(*) filter (where scale = '{{ scale }}') as n_{{ scale }},
        {% endfor %}
        count(*) as n_answers
    from scores
    group by member_id
),

final as (
    select
        members.member_id,
        cast(members.n_events as bigint) as n_events,
        case when members.n_events is not null then cast(coalesce(attended.n_events, 0) as bigint) end
            as n_events_attended,
        case when members.n_events >= 2 then coalesce(attended.n_events, 0) >= 2 end as has_repeat_participation,
        cast(members.observed_days as bigint) as observed_days,
        cast(coalesce(activity.n_active_days, 0) as bigint) as n_active_days,
        cast(coalesce(activity.n_interactions, 0) as bigint) as n_interactions,
        cast(7 * coalesce(activity.n_active_days, 0) as double) / members.observed_days as active_days_per_week,
        cast(7 * coalesce(activity.n_interactions, 0) as double) / members.observed_days as interactions_per_week,
        {% for scale in scales %}
            feedback.sum_{{ scale }} / nullif(feedback.n_{{ scale }}, 0) as mean_{{ scale }},
            case when members.has_feedback then cast(coalesce(feedback.n_{{ scale }}, 0) as bigint) end
                as n_{{ scale }},
        {% endfor %}
        members.through_day as day
    from members
    left join attended on members.member_id = attended.member_id
    left join activity on members.member_id = activity.member_id
    left join feedback on members.member_id = feedback.member_id
)

select * from final
