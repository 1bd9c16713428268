-- Bands of tenure add up to the members whom each definition judges, and to those who left.
with

months as (
    select
        as_of_day,
        'inactivity' as definition,
        n_active as n_at_risk,
        n_inactive as n_churned
    from {{ ref('churn_definitions_walk') }}
    union all
    select
        as_of_day,
        'lapse' as definition,
        n_payers as n_at_risk,
        n_lapsed as n_churned
    from {{ ref('churn_definitions_walk') }}
),

bands as (
    select
        as_of_day,
        definition,
        sum(n_at_risk) as n_at_risk,
        sum(n_churned) as n_churned
    from {{ ref('churn_by_tenure') }}
    group by as_of_day, definition
)

select
    months.as_of_day,
    months.definition,
    months.n_at_risk,
    bands.n_at_risk as n_of_bands
from months
left join bands on months.as_of_day = bands.as_of_day and months.definition = bands.definition
where
    coalesce(bands.n_at_risk, 0) <> months.n_at_risk
    or coalesce(bands.n_churned, 0) <> months.n_churned
