-- Sums are of whole numbers, the weights in trillionths: they are exact, so their order can't change the last digit.
with

history as (
    select * from {{ ref('int_churn_history') }}
),

active as (
    select
        *,
        lag(age) over (partition by member_id, as_of_day order by day) - age as gap,
        min(age) over (partition by member_id, as_of_day) as absence
    from history
),

final as (
    select
        member_id,
        as_of_day,
        min(day) as first_active_day,
        min(age) as days_since_active,
        {% for days in [7, 30, 90] %}
            cast(sum(cast(round(exp(-age / {{ days }}.0) * 1e12) as bigint)) as bigint) / 1e12 as decayed_{{ days }},
        {% endfor %}
        count(*) filter (where age < 7) as active_days_7,
        count(*) filter (where age < 30) as active_days_30,
        count(*) filter (where age between 30 and 59) as active_days_before_30,
        count(*) filter (where age < 90) as active_days_90,
        count(*) filter (where age < 365) as active_days_365,
        count(*) as active_days_all,
        count(distinct case when age < 84 then cast(floor(age / 7.0) as bigint) end) as active_weeks_12,
        cast(median(gap) as double) as median_gap,
        cast(sum(gap) as bigint) / cast(nullif(count(gap), 0) as double) as mean_gap,
        sqrt(
            (count(gap) * cast(sum(gap * gap) as bigint) - cast(sum(gap) as bigint) * cast(sum(gap) as bigint))
            / cast(nullif(count(gap) * (count(gap) - 1), 0) as double)
        ) as sd_gap,
        count(*) filter (where gap > absence) as absences_as_long,
        case
            when count(*) filter (where gap > absence) > 0
                then count(*) filter (where gap > absence + {{ horizon_days() }})
        end as absences_to_churn,
        coalesce(cast(sum(n_contents + n_interactions) filter (where age < 30) as bigint), 0) as acts_30,
        coalesce(cast(sum(n_contents + n_interactions) filter (where age between 30 and 59) as bigint), 0)
            as acts_before_30,
        coalesce(cast(sum(n_contents) filter (where age < 30) as bigint), 0) as contents_30,
        coalesce(cast(sum(n_replies) filter (where age < 30) as bigint), 0) as replies_30,
        coalesce(cast(sum(n_starts) filter (where age < 30) as bigint), 0) as starts_30
    from active
    group by member_id, as_of_day
)

select * from final
