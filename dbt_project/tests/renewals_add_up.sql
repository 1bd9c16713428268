-- Every term that was due was renewed or not, for one reason.
with

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'subscriptions'
),

terms as (
    select * from {{ ref('subscription_terms') }}
    where is_due
),

renewals as (
    select * from {{ ref('renewals') }}
),

due as (
    select count(*) as n_due
    from terms
    inner join coverage on terms.term_end >= coverage.first_log_day
),

summed as (
    select
        coalesce(sum(n_due), 0) as n_due,
        coalesce(
            sum(n_renewed + n_voluntary + n_payment_failure + n_refunded + n_expired + n_other), 0
        ) as n_explained
    from renewals
)

select
    due.n_due as n_terms,
    summed.n_due,
    summed.n_explained
from due
cross join summed
where due.n_due <> summed.n_due or summed.n_due <> summed.n_explained
