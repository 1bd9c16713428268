{% set days = 30 %}

with

prices as (
    select * from {{ ref('int_content__prices') }}
),

payments as (
    select * from {{ ref('payments') }}
    where paid_for = 'content'
),

currencies as (
    {{ usual_currencies(ref('stg_lake__payments')) }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

collected as (
    select max(first_log_day) filter (where log = 'payments' and is_collected) as payments_from
    from {{ ref('log_coverage') }}
),

numbered as (
    select
        *,
        lag(from_day) over (partition by content_id order by from_day) as old_from_day,
        min(case when is_paid then from_day end) over (partition by content_id) as on_sale_day
    from prices
),

-- A side ends with the price before it or the one after it, with the log of payments and with the last day.
bounded as (
    select
        numbered.content_id,
        numbered.from_day as change_day,
        numbered.old_is_paid,
        numbered.is_paid,
        numbered.old_price_minor,
        numbered.price_minor as new_price_minor,
        {{ days_since('numbered.from_day', 'numbered.on_sale_day') }} as n_days_on_sale,
        greatest(
            {{ add_days('numbered.from_day', -days) }}, numbered.old_from_day, collected.payments_from
        ) as before_from,
        least(
            {{ add_days('numbered.from_day', days) }},
            numbered.to_day,
            {{ add_days('build.through_day', 1) }}
        ) as after_to,
        collected.payments_from
    from numbered
    cross join build
    cross join collected
    where numbered.price_number > 1
),

changes as (
    select
        *,
        case
            when payments_from is not null then greatest({{ days_since('change_day', 'before_from') }}, 0)
        end as n_days_before,
        case
            when payments_from is not null
                then greatest({{ days_since('after_to', 'greatest(change_day, payments_from)') }}, 0)
        end as n_days_after
    from bounded
),

sold as (
    select
        changes.content_id,
        {% for side, when in [('before', '<'), ('after', '>=')] %}
            count(*) filter (
                where payments.movement = 'payment' and payments.day {{ when }} changes.change_day
            ) as n_purchases_{{ side }},
            sum(payments.net_minor) filter (
                where payments.currency = currencies.currency and payments.day {{ when }} changes.change_day
            ) as net_{{ side }}_minor,
        {% endfor %}
        changes.change_day
    from changes
    inner join payments
        on
            changes.content_id = payments.content_id
            and changes.before_from <= payments.day and changes.after_to > payments.day
    left join currencies on changes.content_id = currencies.content_id
    group by changes.content_id, changes.change_day
),

measured as (
    select
        changes.*,
        {% for side, is_paid in [('before', 'old_is_paid'), ('after', 'is_paid')] %}
            {%- set sells = 'changes.n_days_' ~ side ~ ' > 0 and changes.' ~ is_paid %}
            case when changes.{{ is_paid }} then changes.n_days_{{ side }} end as n_days_on_sale_{{ side }},
            case when {{ sells }} then coalesce(sold.n_purchases_{{ side }}, 0) end as n_purchases_{{ side }},
            case
                when {{ sells }} then cast(coalesce(sold.net_{{ side }}_minor, 0) as bigint)
            end as net_{{ side }}_minor,
        {% endfor %}
        currencies.currency
    from changes
    left join currencies on changes.content_id = currencies.content_id
    left join sold on changes.content_id = sold.content_id and changes.change_day = sold.change_day
),

-- Had nothing changed, purchases would fall on the two sides as their days do: the share of those after it has an
-- interval, and so has the ratio of the two rates.
shared as (
    select
        *,
        n_purchases_before + n_purchases_after as n_purchases,
        {{ wilson_low('n_purchases_after', '(n_purchases_before + n_purchases_after)') }} as share_low,
        {{ wilson_high('n_purchases_after', '(n_purchases_before + n_purchases_after)') }} as share_high,
        cast(n_days_on_sale_before as double) / nullif(n_days_on_sale_after, 0) as days_ratio
    from measured
),

compared as (
    select
        *,
        days_ratio * n_purchases_after / nullif(n_purchases_before, 0) as purchases_ratio,
        days_ratio * share_low / (1 - share_low) as purchases_ratio_low,
        days_ratio * share_high / nullif(1 - share_high, 0) as purchases_ratio_high
    from shared
),

final as (
    select
        content_id,
        change_day,
        case
            when not old_is_paid then 'became_paid'
            when not is_paid then 'became_free'
            when new_price_minor > old_price_minor then 'raised'
            when new_price_minor < old_price_minor then 'lowered'
            else 'unknown'
        end as direction,
        old_price_minor,
        new_price_minor,
        currency,
        n_days_on_sale,
        {% for side in ['before', 'after'] %}
            n_days_on_sale_{{ side }} as n_days_{{ side }},
            n_purchases_{{ side }},
            net_{{ side }}_minor,
            {{ share('n_purchases_' ~ side, 'n_days_on_sale_' ~ side) }} as purchases_per_day_{{ side }},
            {{ share('net_' ~ side ~ '_minor', 'n_days_on_sale_' ~ side) }} as net_per_day_{{ side }}_minor,
        {% endfor %}
        purchases_ratio,
        purchases_ratio_low,
        purchases_ratio_high,
        case
            when n_purchases is null then 'one_side'
            when n_purchases = 0 then 'no_purchases'
            when purchases_ratio_low > 1 then 'more_after'
            when purchases_ratio_high < 1 then 'fewer_after'
            else 'cannot_tell'
        end as verdict,
        'before_after' as evidence
    from compared
)

select * from final
