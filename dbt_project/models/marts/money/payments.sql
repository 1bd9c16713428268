-- Every row of the log is here, whatever is wrong with it, so that all sums over payments are sums over this mart.
{% set problems = [
    'member_unknown', 'content_unknown', 'event_unknown', 'subscription_unknown', 'refund_unpaid', 'currency_differs',
    'refund_too_large', 'content_currency_differs', 'content_free'
] %}

with

payments as (
    select * from {{ ref('stg_lake__payments') }}
),

judged as (
    {{ judged_payments('payments') }}
),

-- What the log says of the purchase holds for its refund too.
named as (
    select
        *,
        coalesce(
            nullif(kind, 'refund'),
            case when gives_back then max(nullif(kind, 'refund')) over (partition by paid_thing) end,
            case
                when subscription_id is not null then 'subscription'
                when event_id is not null then 'event'
                when content_id is not null then 'content'
                else 'other'
            end
        ) as paid_for
    from judged
),

numbered as (
    select
        *,
        row_number() over (
            partition by member_id, is_refund order by occurred_at, source, payment_id
        ) as member_number,
        row_number() over (
            partition by member_id, is_refund, paid_for order by occurred_at, source, payment_id
        ) as kind_number,
        count(case when not is_refund then 1 end) over (
            partition by source, paid_thing, currency
            order by occurred_at, is_refund, payment_id
            rows between unbounded preceding and current row
        ) as times_paid
    from named
),

-- A refund gives back the last payment of the same thing before it.
matched as (
    select
        *,
        case
            when gives_back and times_paid > 0
                then first_value(payment_id) over (
                    partition by source, paid_thing, currency, times_paid order by occurred_at, is_refund, payment_id
                )
        end as refunded_payment_id
    from numbered
),

final as (
    select
        source,
        payment_id,
        paid_for,
        case when is_refund then 'refund' else 'payment' end as movement,
        subscription_id,
        content_id,
        event_id,
        coupon_id,
        member_id,
        refunded_payment_id,
        currency,
        case when is_refund then cast(0 as bigint) else amount_minor end as gross_minor,
        case when is_refund then -amount_minor else 0 end as refund_minor,
        fee_minor,
        coalesce(discount_minor, 0) as discount_minor,
        amount_minor - coalesce(fee_minor, 0) as net_minor,
        case when not is_refund then cast(member_number as bigint) end as purchase_number,
        case when not is_refund then cast(kind_number as bigint) end as purchase_number_of_kind,
        case
            {% for problem in problems %}
                when {{ problem }} then '{{ problem }}'
            {% endfor %}
        end as problem,
        occurred_at,
        event_day as day,
        {{ month_of('event_day') }} as month
    from matched
)

select * from final
