with

latest as (
    {{ winning_versions(source('lake', 'event_participation'), ['event_id', 'member_id', 'state']) }}
),

final as (
    select
        source,
        event_id,
        member_id,
        occurred_at,
        state,
        minutes,
        n_interactions,
        event_day,
        log_day
    from latest
)

select * from final
