-- Only the last four weeks, and the days that the run reads anyway: the log is large. An interaction has no id here, so
-- the member, piece or event that it names stands for it, and its own day for its log day.
{% set member_rules = [
    'member_unknown', 'active_before_joined', 'active_after_erased', 'active_after_banned', 'active_after_left'
] %}
{% set piece_rules = ['content_unknown', 'act_before_published', 'act_after_deleted'] %}
{% set event_rules = ['event_unknown', 'act_before_event'] %}

with

changed_days as (
    select day from {{ ref('changed_interaction_days') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

state_spans as (
    select * from {{ ref('int_members__state_spans') }}
),

members as (
    {{ known_members() }}
),

content as (
    select
        *,
        {{ local_day('deleted_at') }} as deleted_day
    from {{ ref('stg_lake__content') }}
),

events as (
    select * from {{ ref('stg_lake__events') }}
),

last_days as (
    select {{ each_day(add_days('through_day', -27), 'through_day') }} as day
    from build
),

judged_days as (
    select day from last_days
    union
    select day from changed_days
),

days as (
    select
        judged_days.day,
        changed_days.day is not null as is_new
    from judged_days
    left join changed_days on judged_days.day = changed_days.day
),

member_days as (
    select
        interactions.member_id,
        interactions.member_id as row_key,
        interactions.n_interactions,
        days.is_new,
        interactions.day,
        interactions.day as log_day
    from {{ ref('int_interactions__member_days') }} as interactions
    inner join days on interactions.day = days.day
    where interactions.member_id is not null
),

piece_days as (
    select
        interactions.content_id as row_key,
        days.is_new,
        interactions.day as log_day,
        sum(interactions.n_interactions) as n_interactions
    from {{ ref('int_interactions__content_member_days') }} as interactions
    inner join days on interactions.day = days.day
    group by interactions.content_id, interactions.day, days.is_new
),

event_days as (
    select
        interactions.event_id as row_key,
        days.is_new,
        interactions.day as log_day,
        sum(interactions.n_attending_interactions) as n_attending_interactions
    from {{ ref('int_interactions__event_member_days') }} as interactions
    inner join days on interactions.day = days.day
    group by interactions.event_id, interactions.day, days.is_new
),

members_judged as (
    select
        member_days.row_key,
        member_days.is_new,
        case when {{ has_rows('members') }} then members.member_id is null end as member_unknown,
        member_days.day < members.joined_day as active_before_joined,
        {% for status in var('gone_statuses') %}
            case
                when members.member_id is not null
                    then
                        coalesce(state_spans.status = '{{ status }}', false)
                        and member_days.day > state_spans.stated_day
            end as active_after_{{ status }},
        {% endfor %}
        member_days.log_day
    from member_days
    left join members on member_days.member_id = members.member_id
    left join state_spans
        on
            member_days.member_id = state_spans.member_id
            and member_days.day between state_spans.from_day and state_spans.to_day
),

pieces_judged as (
    select
        piece_days.log_day,
        piece_days.row_key,
        piece_days.is_new,
        case when {{ has_rows('content') }} then content.content_id is null end as content_unknown,
        piece_days.log_day < content.published_day as act_before_published,
        case
            when content.content_id is not null and piece_days.n_interactions > 0
                then coalesce(piece_days.log_day > content.deleted_day, false)
        end as act_after_deleted
    from piece_days
    left join content on piece_days.row_key = content.content_id
),

events_judged as (
    select
        event_days.log_day,
        event_days.row_key,
        event_days.is_new,
        case when {{ has_rows('events') }} then events.event_id is null end as event_unknown,
        case
            when event_days.n_attending_interactions > 0 then event_days.log_day < events.starts_day
        end as act_before_event
    from event_days
    left join events on event_days.row_key = events.event_id
),

members_counted as (
    {{ count_broken('members_judged', member_rules) }}
),

pieces_counted as (
    {{ count_broken('pieces_judged', piece_rules) }}
),

events_counted as (
    {{ count_broken('events_judged', event_rules) }}
),

final as (
    {{ list_broken('members_counted', 'interactions', member_rules) }}
    union all
    {{ list_broken('pieces_counted', 'interactions', piece_rules) }}
    union all
    {{ list_broken('events_counted', 'interactions', event_rules) }}
)

select * from final
