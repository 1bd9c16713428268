with

judged as (
    select * from {{ ref('int_churn__month_ends') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

paid_terms as (
    select
        *,
        row_number() over (
            partition by member_id order by term_start, source, subscription_id
        ) as term_rank
    from {{ ref('int_subscriptions__terms') }}
    where is_paid
),

-- Whose first known term is a renewal paid before the log began, nobody knows since when.
first_paid_days as (
    select
        member_id,
        counts_from as first_day,
        started_by in ('start', 'upgrade') as is_known
    from paid_terms
    where term_rank = 1
),

at_risk as (
    select
        'inactivity' as definition,
        judged.as_of_day,
        judged.is_inactive as is_churned,
        {{ days_since('judged.as_of_day', 'first_days.first_day') }} as tenure_days,
        true as is_known
    from judged
    left join first_days on judged.member_id = first_days.member_id
    where judged.is_inactive is not null
    union all
    select
        'lapse' as definition,
        judged.as_of_day,
        judged.is_lapsed as is_churned,
        {{ days_since('judged.as_of_day', 'first_paid_days.first_day') }} as tenure_days,
        first_paid_days.is_known
    from judged
    left join first_paid_days on judged.member_id = first_paid_days.member_id
    where judged.is_lapsed is not null
),

banded as (
    select
        *,
        case
            when tenure_days >= 365 then 'later'
            when not is_known then 'unknown'
            when tenure_days >= 180 then 'months_7_12'
            when tenure_days >= 90 then 'months_4_6'
            when tenure_days >= 30 then 'months_2_3'
            else 'month_1'
        end as tenure
    from at_risk
),

counted as (
    select
        as_of_day,
        definition,
        tenure,
        count(*) as n_at_risk,
        count(*) filter (where is_churned) as n_churned
    from banded
    group by as_of_day, definition, tenure
),

final as (
    select
        as_of_day,
        definition,
        tenure,
        cast(case tenure
            when 'month_1' then 0 when 'months_2_3' then 30 when 'months_4_6' then 90 when 'months_7_12' then 180
            when 'later' then 365
        end as bigint) as tenure_from_days,
        n_at_risk,
        n_churned,
        cast(n_churned as double) / n_at_risk as churn_rate,
        {{ wilson_low('n_churned', 'n_at_risk') }} as churn_rate_low,
        {{ wilson_high('n_churned', 'n_at_risk') }} as churn_rate_high
    from counted
)

select * from final
