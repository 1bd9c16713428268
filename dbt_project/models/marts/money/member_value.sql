with

payments as (
    select * from {{ ref('payments') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

payer_spans as (
    select * from {{ ref('int_subscriptions__payer_spans') }}
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'payments' and is_collected
),

build as (
    select through_day from {{ source('control', 'build') }}
),

-- In any currency, by the first payment of each kind.
kinds as (
    select
        member_id,
        min(day) as first_purchase_day,
        {{ joined_texts('paid_for', ' > ', 'purchase_number') }} as kinds_in_order
    from payments
    where purchase_number_of_kind = 1
    group by member_id
),

first_purchases as (
    select
        member_id,
        paid_for as first_purchase_for
    from payments
    where purchase_number = 1
),

paying as (
    select distinct payer_spans.member_id
    from payer_spans
    inner join build on payer_spans.from_day <= build.through_day and payer_spans.until_day > build.through_day
),

summed as (
    select
        member_id,
        currency,
        {% for kind in ['subscription', 'content', 'event', 'other'] %}
            cast(coalesce(sum(net_minor) filter (where paid_for = '{{ kind }}'), 0) as bigint) as {{ kind }}_net_minor,
        {% endfor %}
        cast(sum(net_minor) as bigint) as net_minor,
        {% for kind in ['subscription', 'content', 'event', 'other'] %}
            count(*) filter (where movement = 'payment' and paid_for = '{{ kind }}') as n_{{ kind }}_payments,
        {% endfor %}
        count(*) filter (where movement = 'refund') as n_refunds,
        max(day) filter (where movement = 'payment') as last_purchase_day
    from payments
    group by member_id, currency
),

final as (
    select
        summed.member_id,
        summed.currency,
        summed.subscription_net_minor,
        summed.content_net_minor,
        summed.event_net_minor,
        summed.other_net_minor,
        summed.net_minor,
        summed.n_subscription_payments,
        summed.n_content_payments,
        summed.n_event_payments,
        summed.n_other_payments,
        summed.n_refunds,
        first_purchases.first_purchase_for,
        kinds.kinds_in_order,
        case
            when kinds.member_id is not null and first_days.first_day >= coverage.first_log_day
                then greatest({{ months_since('kinds.first_purchase_day', 'first_days.first_day') }}, 0)
        end as months_to_first_purchase,
        paying.member_id is not null as is_paying_now,
        kinds.first_purchase_day,
        summed.last_purchase_day
    from summed
    cross join coverage
    left join kinds on summed.member_id = kinds.member_id
    left join first_purchases on summed.member_id = first_purchases.member_id
    left join first_days on summed.member_id = first_days.member_id
    left join paying on summed.member_id = paying.member_id
)

select * from final
