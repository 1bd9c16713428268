with

latest as (
    {{ winning_versions(source('lake', 'actions'), ['action_id'], 'actions') }}
),

persons as (
    {{ by_person('latest') }}
),

final as (
    select
        source,
        action_id,
        person_id as member_id,
        occurred_at,
        kind,
        campaign_id,
        arm,
        cost_minor,
        currency,
        points,
        expires_at,
        coupon_id,
        event_day,
        log_day
    from persons
)

select * from final
