with

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

active_months as (
    select * from {{ ref('int_members__active_months') }}
),

cohorts as (
    select
        first_days.member_id,
        {{ month_of('first_days.first_day') }} as cohort_month
    from first_days
    left join excluded_spans
        on
            first_days.member_id = excluded_spans.member_id
            and first_days.first_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

sizes as (
    select
        cohort_month,
        cast(count(*) as bigint) as cohort_size
    from cohorts
    group by cohort_month
),

active as (
    select
        cohorts.cohort_month,
        active_months.day as active_month,
        count(*) as n_active
    from cohorts
    inner join active_months on cohorts.member_id = active_months.member_id
    group by cohorts.cohort_month, active_months.day
),

grid as (
    select
        sizes.cohort_month,
        sizes.cohort_size,
        periods.period_month,
        periods.is_complete
    from sizes
    inner join periods on sizes.cohort_month <= periods.period_month
),

retained as (
    select
        grid.*,
        cast(
            12 * (extract(year from grid.period_month) - extract(year from grid.cohort_month))
            + extract(month from grid.period_month) - extract(month from grid.cohort_month) as bigint
        ) as age_months,
        cast(coalesce(active.n_active, 0) as bigint) as n_active,
        cast(coalesce(active.n_active, 0) as double) / grid.cohort_size as share_active
    from grid
    left join active on grid.cohort_month = active.cohort_month and grid.period_month = active.active_month
),

final as (
    select
        cohort_month,
        period_month as active_month,
        age_months,
        cohort_size,
        n_active,
        share_active,
        is_complete
    from retained
)

select * from final
