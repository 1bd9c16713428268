with

terms as (
    select * from {{ ref('subscription_terms') }}
    where is_paid
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'subscriptions' and is_collected
),

-- A member whose first known term is a renewal began before the log did, so the cohort is not known.
first_terms as (
    select
        *,
        row_number() over (
            partition by member_id order by term_start, source, subscription_id
        ) as term_rank
    from terms
),

cohorts as (
    select
        member_id,
        case when started_by in ('start', 'upgrade') then {{ month_of('term_start') }} end as cohort_month
    from first_terms
    where term_rank = 1
),

-- Of terms that ended before the first log day only those that were renewed may be known.
due as (
    select
        {{ month_of('terms.term_end') }} as month,
        terms.plan,
        cohorts.cohort_month,
        terms.outcome
    from terms
    inner join cohorts on terms.member_id = cohorts.member_id
    cross join coverage
    where terms.is_due and terms.term_end >= coverage.first_log_day
),

counted as (
    select
        month,
        plan,
        cohort_month,
        count(*) as n_due,
        count(*) filter (where outcome = 'renewed') as n_renewed,
        count(*) filter (where outcome = 'cancelled') as n_voluntary,
        count(*) filter (where outcome = 'payment_failure') as n_payment_failure,
        count(*) filter (where outcome = 'refunded') as n_refunded,
        count(*) filter (where outcome = 'expired') as n_expired,
        count(*) filter (where outcome = 'comped') as n_other
    from due
    group by month, plan, cohort_month
),

final as (
    select
        month,
        plan,
        cohort_month,
        n_due,
        n_renewed,
        n_voluntary,
        n_payment_failure,
        n_refunded,
        n_expired,
        n_other,
        cast(n_renewed as double) / n_due as renewal_rate,
        {{ wilson_low('n_renewed', 'n_due') }} as renewal_rate_low,
        {{ wilson_high('n_renewed', 'n_due') }} as renewal_rate_high
    from counted
)

select * from final
