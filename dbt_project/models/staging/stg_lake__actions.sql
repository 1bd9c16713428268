with

latest as (
    {{ winning_versions(source('lake', 'actions'), ['action_id']) }}
),

final as (
    select
        source,
        action_id,
        member_id,
        occurred_at,
        kind,
        campaign_id,
        arm,
        cost_minor,
        points,
        expires_at,
        event_day,
        log_day
    from latest
)

select * from final
