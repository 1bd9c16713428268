-- What a member brings at the end of a month is also what the next month starts with, so each bridge begins where the
-- one before it ended.
with

spans as (
    select * from {{ ref('int_subscriptions__mrr_spans') }}
    where mrr_minor > 0
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'subscriptions' and is_collected
),

-- The last day before the first month is there too: its end is the first month's start.
days as (
    select
        {{ each_day(add_days(month_of('coverage.first_log_day'), -1), 'build.through_day') }} as day
    from coverage
    cross join build
),

month_ends as (
    select
        {{ month_of('day') }} as month,
        max(day) as as_of_day
    from days
    group by {{ month_of('day') }}
),

shown_months as (
    select month from month_ends
    where month > (select min(first_month.month) from month_ends as first_month)
),

at_month_ends as (
    select
        month_ends.month,
        spans.currency,
        spans.member_id,
        cast(sum(spans.mrr_minor) as bigint) as mrr_minor,
        min(month_ends.month) over (partition by spans.currency, spans.member_id) as first_month
    from month_ends
    inner join spans on month_ends.as_of_day >= spans.from_day and month_ends.as_of_day < spans.until_day
    left join excluded_spans
        on
            spans.member_id = excluded_spans.member_id
            and month_ends.as_of_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by month_ends.month, spans.currency, spans.member_id
),

starts_and_ends as (
    select
        month,
        currency,
        member_id,
        first_month,
        cast(0 as bigint) as start_mrr_minor,
        mrr_minor as end_mrr_minor
    from at_month_ends
    union all
    select
        {{ month_of(add_days('month', 31)) }} as month,
        currency,
        member_id,
        first_month,
        mrr_minor as start_mrr_minor,
        cast(0 as bigint) as end_mrr_minor
    from at_month_ends
),

bridged as (
    select
        month,
        currency,
        member_id,
        first_month,
        cast(sum(start_mrr_minor) as bigint) as start_mrr_minor,
        cast(sum(end_mrr_minor) as bigint) as end_mrr_minor
    from starts_and_ends
    group by month, currency, member_id, first_month
),

moved as (
    select
        *,
        case
            when start_mrr_minor = 0 and month = first_month then 'new'
            when start_mrr_minor = 0 then 'reactivation'
            when end_mrr_minor = 0 then 'churn'
            when end_mrr_minor > start_mrr_minor then 'expansion'
            when end_mrr_minor < start_mrr_minor then 'contraction'
            else 'unchanged'
        end as movement
    from bridged
),

final as (
    select
        moved.currency,
        moved.member_id,
        moved.start_mrr_minor,
        moved.end_mrr_minor,
        moved.movement,
        moved.month
    from moved
    inner join shown_months on moved.month = shown_months.month
)

select * from final
