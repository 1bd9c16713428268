-- In each month and currency the parts lead from start to end, and each month starts where the one before it ended.
with

months as (
    select
        *,
        lag(mrr_end_minor) over (partition by currency order by month) as previous_end_minor,
        lag(n_payers_end) over (partition by currency order by month) as n_previous_end
    from {{ ref('revenue_months') }}
)

select
    month,
    currency,
    mrr_start_minor,
    mrr_end_minor,
    previous_end_minor
from months
where
    mrr_end_minor
    <> mrr_start_minor + mrr_new_minor + mrr_expansion_minor + mrr_reactivation_minor
    - mrr_contraction_minor - mrr_churn_minor
    or n_payers_end <> n_payers_start + n_new + n_reactivated - n_churned
    or mrr_start_minor <> previous_end_minor
    or n_payers_start <> n_previous_end
