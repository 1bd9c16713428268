with

baselines as (
    select * from {{ ref('int_baselines__days') }}
),

rules as (
    select
        limits.rule,
        limits.threshold,
        limits.least_change,
        limits.least_count
    from (
        values
        {%- for rule, limits in var('alert_rules').items() %}
            (
                '{{ rule }}',
                {{ double(limits.threshold) }},
                {{ double(limits.least_change) }},
                {{ double(limits.least_count) }}
            ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as limits (rule, threshold, least_change, least_count)
),

-- 1.4826 makes the MAD a standard deviation where values are normal; a MAD below 1 is taken for 1. A log that comes
-- in bursts has more rows on some days than its weekdays usually have: no news until they are more than on each day
-- of 8 weeks before. The last 7 of these are left out, so that what lasts goes on to be an alarm.
scaled as (
    select
        baselines.rule,
        baselines.series,
        baselines.value,
        baselines.baseline,
        baselines.day,
        case
            when baselines.rule = 'deliveries'
                then
                    cast(max(baselines.value) over (
                        partition by baselines.rule, baselines.series
                        order by baselines.day rows between 56 preceding and 8 preceding
                    ) as double)
        end as most_before,
        rules.threshold,
        rules.least_change,
        rules.least_count,
        baselines.n_weeks_back = 8
        and baselines.n_weeks >= {{ var('completeness_least_weeks') }}
        and baselines.value is not null as is_judged,
        1.4826e0 * case when baselines.deviation > 1 then baselines.deviation else 1e0 end as spread
    from baselines
    inner join rules on baselines.rule = rules.rule
),

banded as (
    select
        *,
        abs(value - baseline) as distance,
        greatest(threshold * spread, least_change * baseline, least_count) as half_band
    from scaled
),

judged as (
    select
        *,
        case when baseline - half_band < 0 then 0e0 else baseline - half_band end as band_low,
        case when most_before > baseline + half_band then most_before else baseline + half_band end as band_high,
        distance / spread as robust_z,
        (value - baseline) / nullif(baseline, 0) as relative_change,
        is_judged and distance > half_band and (most_before is null or value < baseline or value > most_before)
            as is_alarm
    from banded
),

final as (
    select
        rule,
        series,
        value,
        baseline,
        band_low,
        band_high,
        robust_z,
        relative_change,
        threshold,
        least_change,
        least_count,
        is_judged,
        is_alarm,
        day
    from judged
)

select * from final
