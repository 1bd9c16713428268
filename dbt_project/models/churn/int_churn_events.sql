with

members as (
    select
        member_id,
        as_of_day
    from {{ ref('int_churn_members') }}
    where is_active or is_due
),

versions as (
    {{
        known_versions(source('lake', 'event_participation'), ['event_id', 'member_id', 'state'], 'event_participation')
    }}
),

upserts as (
    select * from versions
    where op = 'upsert'
),

participation as (
    {{ known_by_person('upserts', ['event_id', 'state', 'event_day']) }}
),

known as (
    select
        members.member_id,
        members.as_of_day,
        participation.event_id,
        participation.state
    from members
    inner join participation
        on
            members.member_id = participation.member_id
            and participation.event_day > {{ add_days('members.as_of_day', -365) }}
            and members.as_of_day >= participation.known_from
            and members.as_of_day < participation.known_to
),

final as (
    select
        member_id,
        as_of_day,
        count(distinct case when state = 'registered' then event_id end) as events_registered_365,
        count(distinct case when state = 'cancelled' then event_id end) as events_cancelled_365,
        count(distinct case when state = 'attended' then event_id end) as events_attended_365,
        count(distinct case when state in ('registered', 'attended', 'no_show') then event_id end) as events_wanted_365
    from known
    group by member_id, as_of_day
)

select * from final
