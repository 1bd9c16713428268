with

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'subscriptions' and is_collected
),

judged as (
    select * from {{ ref('int_churn__month_ends') }}
),

member_months as (
    select * from {{ ref('int_revenue__member_months') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

-- Who brought recurring revenue at a month's end and brings none at the next, in any currency.
churned as (
    select
        member_id,
        {{ add_days('month', -1) }} as as_of_day
    from member_months
    group by member_id, month
    having sum(start_mrr_minor) > 0 and sum(end_mrr_minor) = 0
),

walked as (
    select
        coalesce(judged.as_of_day, churned.as_of_day) as as_of_day,
        count(churned.member_id) as n_mrr_churned,
        count(*) filter (where judged.is_lapsed and churned.member_id is null) as n_lapsed_with_mrr,
        count(churned.member_id) filter (where not coalesce(judged.is_lapsed, false)) as n_mrr_churned_not_lapsed
    from judged
    full outer join churned on judged.member_id = churned.member_id and judged.as_of_day = churned.as_of_day
    group by coalesce(judged.as_of_day, churned.as_of_day)
),

-- The next month has ended, or who still pays at its end is not known.
ended as (
    select walked.*
    from walked
    cross join build
    where {{ add_months(add_days('walked.as_of_day', 1), 1) }} <= {{ add_days('build.through_day', 1) }}
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
        counted.as_of_day,
        counted.n_active,
        counted.n_inactive,
        cast(counted.n_inactive as double) / nullif(counted.n_active, 0) as inactivity_rate,
        counted.n_payers,
        counted.n_lapsed,
        cast(counted.n_lapsed as double) / nullif(counted.n_payers, 0) as lapse_rate,
        counted.n_both,
        counted.n_inactive_still_paying,
        counted.n_lapsed_still_active,
        counted.n_neither,
        counted.n_inactive_not_payer,
        counted.n_kept_not_payer,
        counted.n_lapsed_not_active,
        counted.n_kept_not_active,
        ended.n_mrr_churned,
        ended.n_lapsed_with_mrr,
        ended.n_mrr_churned_not_lapsed,
        {{ add_days('counted.as_of_day', horizon_days()) }} as inactivity_known_day,
        {{ add_days('counted.as_of_day', horizon_days() + grace_days()) }} as lapse_known_day
    from counted
    left join ended on counted.as_of_day = ended.as_of_day
)

select * from final
