-- Whoever left, and what they had brought, is in one reason each month; whoever stayed is in the row beside.
with

months as (
    select * from {{ ref('revenue_months') }}
    where mrr_start_minor is not null
),

reasons as (
    select
        month,
        currency,
        sum(n_members) as n_members,
        sum(n_members) filter (where reason <> 'stayed') as n_leavers,
        sum(mrr_lost_minor) as mrr_lost_minor
    from {{ ref('leaving_reasons') }}
    group by month, currency
)

select
    coalesce(months.month, reasons.month) as month,
    coalesce(months.currency, reasons.currency) as currency,
    months.n_churned,
    reasons.n_leavers
from months
full outer join reasons on months.month = reasons.month and months.currency = reasons.currency
where
    months.month is null
    or coalesce(reasons.n_members, 0) <> months.n_payers_start
    or coalesce(reasons.n_leavers, 0) <> months.n_churned
    or coalesce(reasons.mrr_lost_minor, 0) <> months.mrr_churn_minor
