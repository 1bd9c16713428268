with

latest as (
    {{ winning_versions(source('lake', 'events'), ['event_id'], 'events') }}
),

persons as (
    {{ by_person('latest', 'host_id') }}
),

final as (
    select
        source,
        event_id,
        occurred_at,
        kind,
        starts_at,
        ends_at,
        title,
        person_id as host_id,
        capacity,
        cost_minor,
        currency,
        mode,
        {{ local_day('starts_at') }} as starts_day,
        event_day,
        log_day
    from persons
)

select * from final
