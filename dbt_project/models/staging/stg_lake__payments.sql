with

latest as (
    {{ winning_versions(source('lake', 'payments'), ['payment_id'], 'payments') }}
),

persons as (
    {{ by_person('latest') }}
),

final as (
    select
        source,
        payment_id,
        person_id as member_id,
        occurred_at,
        amount_minor,
        currency,
        subscription_id,
        content_id,
        event_id,
        kind,
        fee_minor,
        coupon_id,
        discount_minor,
        event_day,
        log_day
    from persons
)

select * from final
