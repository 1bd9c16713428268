-- The cells, counted on the joined members, add up to what each definition counts on its own.
with

months as (
    select * from {{ ref('churn_definitions_walk') }}
)

select
    as_of_day,
    n_active,
    n_inactive,
    n_payers,
    n_lapsed
from months
where
    n_inactive <> n_both + n_inactive_still_paying + n_inactive_not_payer
    or n_lapsed <> n_both + n_lapsed_still_active + n_lapsed_not_active
    or n_active <> n_inactive + n_lapsed_still_active + n_neither + n_kept_not_payer
    or n_mrr_churned <> n_lapsed - n_lapsed_with_mrr + n_mrr_churned_not_lapsed
    or n_payers <> n_lapsed + n_inactive_still_paying + n_neither + n_kept_not_active
