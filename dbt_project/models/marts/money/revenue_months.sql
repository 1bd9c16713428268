with

member_months as (
    select * from {{ ref('int_revenue__member_months') }}
),

payments as (
    select * from {{ ref('stg_lake__payments') }}
),

coverage as (
    select * from {{ ref('log_coverage') }}
    where log in ('subscriptions', 'payments') and is_collected
),

build as (
    select through_day from {{ source('control', 'build') }}
),

-- A log's months begin with the one that holds its first log day: before it only what survived is known.
collected as (
    select
        min(first_log_day) as first_day,
        {{ month_of("min(first_log_day) filter (where log = 'subscriptions')") }} as subscriptions_from,
        {{ month_of("min(first_log_day) filter (where log = 'payments')") }} as payments_from
    from coverage
),

days as (
    select
        {{ each_day(month_of('collected.first_day'), 'build.through_day') }} as day
    from collected
    cross join build
),

months as (
    select
        {{ month_of('day') }} as month,
        max(day) as last_day
    from days
    group by {{ month_of('day') }}
),

cut_months as (
    select distinct {{ month_of('first_log_day') }} as month
    from coverage
    where extract(day from first_log_day) > 1
),

mrr as (
    select
        month,
        currency,
        sum(start_mrr_minor) as mrr_start_minor,
        sum(end_mrr_minor) filter (where movement = 'new') as mrr_new_minor,
        sum(end_mrr_minor - start_mrr_minor) filter (where movement = 'expansion') as mrr_expansion_minor,
        sum(end_mrr_minor) filter (where movement = 'reactivation') as mrr_reactivation_minor,
        sum(start_mrr_minor - end_mrr_minor) filter (where movement = 'contraction') as mrr_contraction_minor,
        sum(start_mrr_minor) filter (where movement = 'churn') as mrr_churn_minor,
        sum(end_mrr_minor) as mrr_end_minor,
        count(*) filter (where start_mrr_minor > 0) as n_payers_start,
        count(*) filter (where movement = 'new') as n_new,
        count(*) filter (where movement = 'expansion') as n_expanded,
        count(*) filter (where movement = 'reactivation') as n_reactivated,
        count(*) filter (where movement = 'contraction') as n_contracted,
        count(*) filter (where movement = 'churn') as n_churned,
        count(*) filter (where end_mrr_minor > 0) as n_payers_end
    from member_months
    group by month, currency
),

cash as (
    select
        {{ month_of('event_day') }} as month,
        currency,
        sum(amount_minor) filter (where amount_minor > 0) as payments_in_minor,
        -sum(amount_minor) filter (where amount_minor < 0) as refunds_minor,
        sum(fee_minor) as fees_minor,
        count(*) filter (where amount_minor > 0 and fee_minor is null) as n_without_fee
    from payments
    group by {{ month_of('event_day') }}, currency
),

currencies as (
    select currency from mrr
    union
    select cash.currency
    from cash
    inner join months on cash.month = months.month
),

measured as (
    select
        months.month,
        currencies.currency,
        {% for column in [
            'mrr_start_minor', 'mrr_new_minor', 'mrr_expansion_minor', 'mrr_reactivation_minor',
            'mrr_contraction_minor', 'mrr_churn_minor', 'mrr_end_minor', 'n_payers_start', 'n_new', 'n_expanded',
            'n_reactivated', 'n_contracted', 'n_churned', 'n_payers_end'
        ] %}
            case
                when months.month >= collected.subscriptions_from then cast(coalesce(mrr.{{ column }}, 0) as bigint)
            end as {{ column }},
        {% endfor %}
        {% for column in ['payments_in_minor', 'refunds_minor'] %}
            case
                when months.month >= collected.payments_from then cast(coalesce(cash.{{ column }}, 0) as bigint)
            end as {{ column }},
        {% endfor %}
        case
            when months.month < collected.payments_from then null
            when cash.month is null and collected.payments_from is not null then cast(0 as bigint)
            when cash.n_without_fee = 0 then cast(cash.fees_minor as bigint)
        end as fees_minor,
        extract(day from {{ add_days('months.last_day', 1) }}) = 1 and cut_months.month is null as is_complete
    from months
    cross join currencies
    cross join collected
    left join mrr on months.month = mrr.month and currencies.currency = mrr.currency
    left join cash on months.month = cash.month and currencies.currency = cash.currency
    left join cut_months on months.month = cut_months.month
),

netted as (
    select
        *,
        mrr_contraction_minor + mrr_churn_minor as mrr_lost_minor,
        mrr_expansion_minor + mrr_reactivation_minor as mrr_regained_minor
    from measured
),

rated as (
    select
        *,
        mrr_lost_minor > 0 as has_losses,
        cast(mrr_lost_minor as double) / nullif(mrr_start_minor, 0) as gross_churn_rate,
        cast(mrr_lost_minor - mrr_regained_minor as double) / nullif(mrr_start_minor, 0) as net_churn_rate,
        cast(mrr_new_minor + mrr_regained_minor as double) / nullif(mrr_lost_minor, 0) as quick_ratio,
        cast(mrr_end_minor as double) / nullif(n_payers_end, 0) as arpu_minor,
        cast(n_churned as double) / nullif(n_payers_start, 0) as payer_churn_rate,
        {{ wilson_low('n_churned', 'n_payers_start') }} as payer_churn_rate_low,
        {{ wilson_high('n_churned', 'n_payers_start') }} as payer_churn_rate_high
    from netted
),

valued as (
    select
        *,
        case when is_complete then cast(round(arpu_minor / payer_churn_rate_high) as bigint) end as ltv_low_minor,
        case
            when is_complete then cast(round(arpu_minor / nullif(payer_churn_rate_low, 0)) as bigint)
        end as ltv_high_minor
    from rated
),

final as (
    select
        month,
        currency,
        mrr_start_minor,
        mrr_new_minor,
        mrr_expansion_minor,
        mrr_reactivation_minor,
        mrr_contraction_minor,
        mrr_churn_minor,
        mrr_end_minor,
        n_payers_start,
        n_new,
        n_expanded,
        n_reactivated,
        n_contracted,
        n_churned,
        n_payers_end,
        gross_churn_rate,
        net_churn_rate,
        quick_ratio,
        has_losses,
        arpu_minor,
        payer_churn_rate,
        payer_churn_rate_low,
        payer_churn_rate_high,
        ltv_low_minor,
        ltv_high_minor,
        payments_in_minor,
        refunds_minor,
        fees_minor,
        is_complete
    from valued
)

select * from final
