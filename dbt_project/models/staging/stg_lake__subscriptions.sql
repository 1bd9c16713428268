with

latest as (
    {{ winning_versions(source('lake', 'subscriptions'), ['subscription_id', 'term_start', 'step'], 'subscriptions') }}
),

persons as (
    {{ by_person('latest') }}
),

final as (
    select
        source,
        subscription_id,
        person_id as member_id,
        occurred_at,
        step,
        term_start,
        term_end,
        plan,
        interval_months,
        price_minor,
        currency,
        discount_minor,
        coupon_id,
        end_reason,
        event_day,
        log_day
    from persons
)

select * from final
