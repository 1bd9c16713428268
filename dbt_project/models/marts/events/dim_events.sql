with

events as (
    select * from {{ ref('stg_lake__events') }}
),

final as (
    select
        event_id,
        kind,
        title,
        host_id,
        mode,
        capacity,
        cost_minor,
        currency,
        starts_at,
        ends_at,
        starts_day
    from events
)

select * from final
