with

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'subscriptions' and is_collected
),

judged as (
    select * from {{ ref('int_churn__month_ends') }}
),

counted as (
    select
        judged.as_of_day,
        count(judged.is_inactive) as n_active,
        count(*) filter (where judged.is_inactive) as n_inactive,
        count(judged.is_lapsed) as n_payers,
        count(*) filter (where judged.is_lapsed) as n_lapsed,
        count(*) filter (where judged.is_inactive and judged.is_lapsed) as n_both,
        count(*) filter (where judged.is_inactive and not judged.is_lapsed) as n_inactive_still_paying,
        count(*) filter (where not judged.is_inactive and judged.is_lapsed) as n_lapsed_still_active,
        count(*) filter (where not judged.is_inactive and not judged.is_lapsed) as n_neither,
        count(*) filter (where judged.is_inactive and judged.is_lapsed is null) as n_inactive_not_payer,
        count(*) filter (where not judged.is_inactive and judged.is_lapsed is null) as n_kept_not_payer,
        count(*) filter (where judged.is_lapsed and judged.is_inactive is null) as n_lapsed_not_active,
        count(*) filter (where not judged.is_lapsed and judged.is_inactive is null) as n_kept_not_active
    from judged
    inner join coverage on judged.as_of_day >= coverage.first_log_day
    group by judged.as_of_day
),

final as (
    select
        as_of_day,
        n_active,
        n_inactive,
        cast(n_inactive as double) / nullif(n_active, 0) as inactivity_rate,
        n_payers,
        n_lapsed,
        cast(n_lapsed as double) / nullif(n_payers, 0) as lapse_rate,
        n_both,
        n_inactive_still_paying,
        n_lapsed_still_active,
        n_neither,
        n_inactive_not_payer,
        n_kept_not_payer,
        n_lapsed_not_active,
        n_kept_not_active,
        {{ add_days('as_of_day', horizon_days()) }} as inactivity_known_day,
        {{ add_days('as_of_day', horizon_days() + grace_days()) }} as lapse_known_day
    from counted
)

select * from final
