-- Steps that open a term or change its price, with what they bring in a month. That is rounded once, here, to a whole
-- minor unit, half away from zero. All that is built on it adds whole numbers, so it is exact in any order.
with

steps as (
    select * from {{ ref('stg_lake__subscriptions') }}
    where step in {{ in_list(var('paid_steps')) }} or step in ('trial', 'comped')
),

-- A coupon's discount is for its term only. A length that the log does not say is the nearest number of months.
measured as (
    select
        *,
        step in {{ in_list(var('paid_steps')) }} as is_paid,
        case when coupon_id is null then coalesce(discount_minor, 0) else 0 end as recurring_discount_minor,
        coalesce(
            case when interval_months > 0 then interval_months end,
            greatest(cast(round({{ days_since('term_end', 'term_start') }} / 30.436875e0) as bigint), 1)
        ) as term_months
    from steps
),

-- What is given away at the opening of a paid term is part of it.
kinds as (
    select
        *,
        max(case when is_paid then 1 else 0 end) over (
            partition by source, subscription_id, term_start
        ) = 1 as is_paid_term
    from measured
),

final as (
    select
        source,
        subscription_id,
        member_id,
        step,
        occurred_at,
        event_day,
        term_start,
        term_end,
        plan,
        term_months as interval_months,
        currency,
        price_minor,
        recurring_discount_minor,
        is_paid,
        case
            when not is_paid or price_minor <= recurring_discount_minor then cast(0 as bigint)
            else cast(round(cast(price_minor - recurring_discount_minor as double) / term_months) as bigint)
        end as mrr_minor
    from kinds
    where is_paid = is_paid_term
)

select * from final
