-- The months, and whether they are over, are those of the bridge; so is who counts.
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

months as (
    select distinct
        month,
        is_complete
    from {{ ref('revenue_months') }}
    where mrr_end_minor is not null
),

month_ends as (
    select
        months.month,
        months.is_complete,
        least({{ add_days(month_of(add_days('months.month', 31)), -1) }}, build.through_day) as as_of_day
    from months
    cross join build
),

final as (
    select
        month_ends.month,
        spans.plan,
        spans.currency,
        cast(sum(spans.mrr_minor) as bigint) as mrr_end_minor,
        count(distinct spans.member_id) as n_payers_end,
        count(*) as n_terms_end,
        month_ends.is_complete,
        month_ends.as_of_day
    from month_ends
    inner join spans on month_ends.as_of_day >= spans.from_day and month_ends.as_of_day < spans.until_day
    left join excluded_spans
        on
            spans.member_id = excluded_spans.member_id
            and month_ends.as_of_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by month_ends.month, spans.plan, spans.currency, month_ends.is_complete, month_ends.as_of_day
)

select * from final
