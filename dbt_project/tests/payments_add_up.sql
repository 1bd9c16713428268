-- Payments are the log's rows, and the months of revenue their sums, to the minor unit and per currency.
with

payments as (
    select * from {{ ref('payments') }}
),

logged as (
    select
        currency,
        count(*) as n_payments,
        sum(amount_minor) as amount_minor,
        sum(fee_minor) as fee_minor
    from {{ ref('stg_lake__payments') }}
    group by currency
),

summed as (
    select
        currency,
        count(*) as n_payments,
        sum(gross_minor - refund_minor) as amount_minor,
        sum(fee_minor) as fee_minor,
        sum(net_minor) as net_minor
    from payments
    group by currency
),

by_month as (
    select
        month,
        currency,
        sum(gross_minor) as gross_minor,
        sum(refund_minor) as refund_minor,
        sum(fee_minor) as fee_minor
    from payments
    group by month, currency
)

select
    coalesce(logged.currency, summed.currency) as currency,
    cast(null as date) as month
from logged
full outer join summed on logged.currency = summed.currency
where
    logged.n_payments is distinct from summed.n_payments
    or logged.amount_minor is distinct from summed.amount_minor
    or logged.fee_minor is distinct from summed.fee_minor
    or summed.net_minor is distinct from summed.amount_minor - coalesce(summed.fee_minor, 0)
union all
select
    revenue_months.currency,
    revenue_months.month
from {{ ref('revenue_months') }} as revenue_months
left join by_month on revenue_months.month = by_month.month and revenue_months.currency = by_month.currency
where
    revenue_months.payments_in_minor <> coalesce(by_month.gross_minor, 0)
    or revenue_months.refunds_minor <> coalesce(by_month.refund_minor, 0)
    or revenue_months.fees_minor <> coalesce(by_month.fee_minor, 0)
