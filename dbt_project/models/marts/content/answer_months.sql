with

answer_times as (
    select * from {{ ref('answer_times') }}
),

accepting as (
    select coalesce(bool_or(is_resolved), false) as is_collected from answer_times
),

asked as (
    select
        'month' as period,
        is_censored,
        is_judged,
        is_answered_within_7_days,
        is_resolved,
        observed_hours,
        n_dated_before,
        cast(date_trunc('month', asked_day) as date) as month
    from answer_times
    union all
    select
        'all' as period,
        is_censored,
        is_judged,
        is_answered_within_7_days,
        is_resolved,
        observed_hours,
        n_dated_before,
        cast(null as date) as month
    from answer_times
),

counted as (
    select
        period,
        month,
        count(*) as n_questions,
        count(*) filter (where not is_censored) as n_responded,
        count(*) filter (where is_judged) as n_judged,
        count(*) filter (where is_answered_within_7_days) as n_answered_within_7_days,
        count(*) filter (where is_judged and is_resolved) as n_resolved,
        sum(n_dated_before) as n_dated_before
    from asked
    group by period, month
),

-- Kaplan-Meier: at each moment the share still waiting falls by those answered of those who waited until then. A
-- question whose observation ends at a moment still waited at it.
moments as (
    select
        period,
        month,
        observed_hours,
        count(*) as n_ended,
        count(*) filter (where not is_censored) as n_answered
    from asked
    group by period, month, observed_hours
),

waiting as (
    select
        period,
        month,
        observed_hours,
        n_answered,
        sum(n_ended) over (
            partition by period, month order by observed_hours desc rows between unbounded preceding and current row
        ) as n_waiting
    from moments
),

-- A product as a sum of logarithms; e to the -1000 is zero. Rounded, so that a share of exactly a half is one.
survival as (
    select
        period,
        month,
        observed_hours,
        round(exp(sum(
            case
                when n_answered = n_waiting then -1000e0
                else ln(1 - cast(n_answered as double) / n_waiting)
            end
        ) over (
            partition by period, month order by observed_hours rows between unbounded preceding and current row
        )), 9) as share_waiting
    from waiting
),

quantiles as (
    select
        period,
        month,
        min(observed_hours) filter (where share_waiting <= 0.5e0) as median_hours,
        min(observed_hours) filter (where share_waiting <= 0.1e0) as p90_hours
    from survival
    group by period, month
),

rated as (
    select
        counted.*,
        cast(counted.n_answered_within_7_days as double) / nullif(counted.n_judged, 0) as answered_rate,
        case
            when accepting.is_collected then cast(counted.n_resolved as double) / nullif(counted.n_judged, 0)
        end as resolved_rate
    from counted
    cross join accepting
),

final as (
    select
        rated.period,
        rated.month,
        cast(rated.n_questions as bigint) as n_questions,
        cast(rated.n_responded as bigint) as n_responded,
        cast(rated.n_judged as bigint) as n_judged,
        cast(rated.n_answered_within_7_days as bigint) as n_answered_within_7_days,
        cast(rated.n_resolved as bigint) as n_resolved,
        cast(rated.n_dated_before as bigint) as n_dated_before,
        rated.answered_rate,
        rated.resolved_rate,
        quantiles.median_hours,
        quantiles.p90_hours
    from rated
    inner join quantiles
        on rated.period = quantiles.period and rated.month is not distinct from quantiles.month
)

select * from final
