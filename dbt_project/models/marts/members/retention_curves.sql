-- Products and sums of doubles run in the order of ages and are rounded, so that no engine's order shows.
with

first_days as (
    select * from {{ ref('int_members__first_days') }}
    where first_active_day is not null
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

-- Whoever turned bot or staff before the time was up did not go.
turned as (
    select distinct first_days.member_id
    from first_days
    inner join excluded_spans
        on
            first_days.member_id = excluded_spans.member_id
            and first_days.last_active_day < excluded_spans.to_day
            and {{ add_days('first_days.last_active_day', horizon_days()) }} >= excluded_spans.from_day
),

members as (
    select
        cast(date_trunc('quarter', first_days.first_day) as date) as cohort_quarter,
        {{ days_since('first_days.last_active_day', 'first_days.first_active_day') }} as age_days,
        case
            when turned.member_id is not null then 0
            when {{ days_since('build.through_day', 'first_days.last_active_day') }} >= {{ horizon_days() }} then 1
            else 0
        end as is_lost
    from first_days
    cross join build
    left join turned on first_days.member_id = turned.member_id
),

ended as (
    select
        cohort_quarter,
        age_days,
        sum(is_lost) as n_lost,
        sum(1 - is_lost) as n_censored
    from members
    group by cohort_quarter, age_days
),

cohorts as (
    select
        concat(
            cast(extract(year from cohort_quarter) as string), '-Q',
            cast(extract(quarter from cohort_quarter) as string)
        ) as cohort,
        cohort_quarter,
        age_days,
        n_lost,
        n_censored
    from ended
    union all
    select
        'all' as cohort,
        cast(null as date) as cohort_quarter,
        age_days,
        sum(n_lost) as n_lost,
        sum(n_censored) as n_censored
    from ended
    group by age_days
),

at_risk as (
    select
        cohort,
        cohort_quarter,
        age_days,
        cast(sum(n_lost + n_censored) over (partition by cohort) as bigint) as n_members,
        cast(sum(n_lost + n_censored) over (partition by cohort order by age_days desc) as bigint) as n_at_risk,
        cast(n_lost as bigint) as n_lost,
        cast(n_censored as bigint) as n_censored
    from cohorts
),

-- Once everybody at risk is lost the curve is zero for ever: no logarithm is taken of that step.
steps as (
    select
        *,
        n_lost = n_at_risk as is_end,
        case when n_lost < n_at_risk then ln(cast(n_at_risk - n_lost as double) / n_at_risk) end as log_step,
        case
            when n_lost < n_at_risk then cast(n_lost as double) / (cast(n_at_risk as double) * (n_at_risk - n_lost))
        end as variance_step
    from at_risk
),

curves as (
    select
        *,
        sum(log_step) over (partition by cohort order by age_days) as log_survival,
        sum(variance_step) over (partition by cohort order by age_days) as log_variance
    from steps
),

-- Nothing can be said about how sure it is before anybody was lost and after everybody was.
intervals as (
    select
        *,
        case when is_end then cast(0 as double) else exp(log_survival) end as survival,
        case
            when not is_end and log_survival < 0 then exp(1.959963984540054e0 * sqrt(log_variance) / -log_survival)
        end as spread
    from curves
),

final as (
    select
        cohort,
        age_days,
        cohort_quarter,
        n_members,
        n_at_risk,
        n_lost,
        n_censored,
        round(survival, 9) as survival,
        round(exp(log_survival * spread), 9) as survival_low,
        round(exp(log_survival / spread), 9) as survival_high
    from intervals
)

select * from final
