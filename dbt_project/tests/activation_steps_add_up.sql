-- Each dimension holds every newcomer once, and the cohorts are those of cohort_retention but for the first month.
with

steps as (
    select
        cohort_month,
        dimension,
        step,
        sum(n_members) as n_members,
        sum(n_observed) as n_observed,
        sum(n_reached) as n_reached
    from {{ ref('activation_steps') }}
    group by cohort_month, dimension, step
),

cohorts as (
    select distinct
        cohort_month,
        cohort_size
    from {{ ref('cohort_retention') }}
),

first_cohort as (
    select min(cohort_month) as cohort_month from steps
)

select
    steps.cohort_month,
    steps.dimension,
    steps.step
from steps
cross join first_cohort
inner join steps as of_all
    on steps.cohort_month = of_all.cohort_month and steps.step = of_all.step and of_all.dimension = 'all'
left join cohorts on steps.cohort_month = cohorts.cohort_month
where
    steps.n_members <> of_all.n_members
    or steps.n_observed <> of_all.n_observed
    or steps.n_reached <> of_all.n_reached
    or steps.n_reached > steps.n_observed
    or steps.n_observed > steps.n_members
    or (steps.cohort_month > first_cohort.cohort_month and steps.n_members is distinct from cohorts.cohort_size)
