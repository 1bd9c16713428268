{{
    config(
        meta={'reach_days': 'lifetime'},
    )
}}

with

build as (
    select
        first_day,
        through_day
    from {{ source('control', 'build') }}
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'subscriptions' and is_collected
),

member_days as (
    select
        member_id,
        day
    from {{ ref('fct_member_days') }}
    where is_active
),

payer_spans as (
    select * from {{ ref('int_subscriptions__payer_spans') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

calendar as (
    select
        {{ each_day('first_day', 'through_day') }} as day
    from build
),

-- Month ends with all days of both windows and of the grace period in the data.
as_of_days as (
    select calendar.day as as_of_day
    from calendar
    cross join build
    where
        extract(day from {{ add_days('calendar.day', 1) }}) = 1
        and calendar.day >= {{ add_days('build.first_day', horizon_days() - 1) }}
        and {{ add_days('calendar.day', horizon_days() + grace_days()) }} <= build.through_day
),

window_days as (
    select
        as_of_day,
        {{ each_day(add_days('as_of_day', 1 - horizon_days()), add_days('as_of_day', horizon_days())) }} as day
    from as_of_days
),

activity as (
    select
        member_days.member_id,
        window_days.as_of_day,
        count(*) filter (where member_days.day <= window_days.as_of_day) as n_days_before,
        count(*) filter (where member_days.day > window_days.as_of_day) as n_days_after
    from member_days
    inner join window_days on member_days.day = window_days.day
    group by member_days.member_id, window_days.as_of_day
),

active as (
    select
        member_id,
        as_of_day,
        n_days_after = 0 as is_inactive
    from activity
    where n_days_before > 0
),

payers as (
    select
        payer_spans.member_id,
        as_of_days.as_of_day,
        payer_spans.until_day <= {{ add_days('as_of_days.as_of_day', horizon_days()) }} as is_lapsed
    from as_of_days
    inner join coverage on as_of_days.as_of_day >= coverage.first_log_day
    inner join payer_spans
        on as_of_days.as_of_day >= payer_spans.from_day and as_of_days.as_of_day < payer_spans.until_day
),

-- Who becomes a bot or staff within the horizon leaves the figures without having left.
excluded as (
    select distinct
        excluded_spans.member_id,
        as_of_days.as_of_day
    from as_of_days
    inner join excluded_spans
        on
            excluded_spans.from_day <= {{ add_days('as_of_days.as_of_day', horizon_days()) }}
            and as_of_days.as_of_day <= excluded_spans.to_day
),

judged as (
    select
        active.is_inactive,
        payers.is_lapsed,
        coalesce(active.member_id, payers.member_id) as member_id,
        coalesce(active.as_of_day, payers.as_of_day) as as_of_day
    from active
    full outer join payers on active.member_id = payers.member_id and active.as_of_day = payers.as_of_day
),

final as (
    select
        judged.member_id,
        judged.is_inactive,
        judged.is_lapsed,
        judged.as_of_day
    from judged
    left join excluded on judged.member_id = excluded.member_id and judged.as_of_day = excluded.as_of_day
    where excluded.member_id is null
)

select * from final
