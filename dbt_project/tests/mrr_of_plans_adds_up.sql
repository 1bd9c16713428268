-- Plans add up to the bridge's end of each month, to the minor unit and in each currency.
with

plans as (
    select
        month,
        currency,
        sum(mrr_end_minor) as mrr_end_minor
    from {{ ref('mrr_months') }}
    group by month, currency
),

bridge as (
    select * from {{ ref('revenue_months') }}
)

select
    bridge.month,
    bridge.currency,
    bridge.mrr_end_minor,
    plans.mrr_end_minor as mrr_of_plans_minor
from bridge
full outer join plans on bridge.month = plans.month and bridge.currency = plans.currency
where coalesce(plans.mrr_end_minor, 0) <> coalesce(bridge.mrr_end_minor, 0)
