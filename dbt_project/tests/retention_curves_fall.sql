-- A curve never rises, nobody at risk is left over or counted twice, and the interval holds the estimate.
with

curves as (
    select
        *,
        lag(survival) over (partition by cohort order by age_days) as previous_survival,
        lead(n_at_risk) over (partition by cohort order by age_days) as next_at_risk
    from {{ ref('retention_curves') }}
)

select
    cohort,
    age_days,
    survival
from curves
where
    survival > previous_survival
    or n_at_risk - n_lost - n_censored <> coalesce(next_at_risk, 0)
    or survival_low > survival
    or survival_high < survival
