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
    cross join coverage
    where
        extract(day from {{ add_days('calendar.day', 1) }}) = 1
        and calendar.day >= coverage.first_log_day
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

counted_active as (
    select
        active.as_of_day,
        count(*) as n_active,
        count(*) filter (where active.is_inactive) as n_inactive
    from active
    left join excluded on active.member_id = excluded.member_id and active.as_of_day = excluded.as_of_day
    where excluded.member_id is null
    group by active.as_of_day
),

counted_payers as (
    select
        payers.as_of_day,
        count(*) as n_payers,
        count(*) filter (where payers.is_lapsed) as n_lapsed
    from payers
    left join excluded on payers.member_id = excluded.member_id and payers.as_of_day = excluded.as_of_day
    where excluded.member_id is null
    group by payers.as_of_day
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

cells as (
    select
        judged.as_of_day,
        count(*) filter (where judged.is_inactive and judged.is_lapsed) as n_both,
        count(*) filter (where judged.is_inactive and not judged.is_lapsed) as n_inactive_still_paying,
        count(*) filter (where not judged.is_inactive and judged.is_lapsed) as n_lapsed_still_active,
        count(*) filter (where not judged.is_inactive and not judged.is_lapsed) as n_neither,
        count(*) filter (where judged.is_inactive and judged.is_lapsed is null) as n_inactive_not_payer,
        count(*) filter (where not judged.is_inactive and judged.is_lapsed is null) as n_kept_not_payer,
        count(*) filter (where judged.is_lapsed and judged.is_inactive is null) as n_lapsed_not_active,
        count(*) filter (where not judged.is_lapsed and judged.is_inactive is null) as n_kept_not_active
    from judged
    left join excluded on judged.member_id = excluded.member_id and judged.as_of_day = excluded.as_of_day
    where excluded.member_id is null
    group by judged.as_of_day
),

final as (
    select
        as_of_days.as_of_day,
        coalesce(counted_active.n_active, 0) as n_active,
        coalesce(counted_active.n_inactive, 0) as n_inactive,
        cast(counted_active.n_inactive as double) / nullif(counted_active.n_active, 0) as inactivity_rate,
        coalesce(counted_payers.n_payers, 0) as n_payers,
        coalesce(counted_payers.n_lapsed, 0) as n_lapsed,
        cast(counted_payers.n_lapsed as double) / nullif(counted_payers.n_payers, 0) as lapse_rate,
        coalesce(cells.n_both, 0) as n_both,
        coalesce(cells.n_inactive_still_paying, 0) as n_inactive_still_paying,
        coalesce(cells.n_lapsed_still_active, 0) as n_lapsed_still_active,
        coalesce(cells.n_neither, 0) as n_neither,
        coalesce(cells.n_inactive_not_payer, 0) as n_inactive_not_payer,
        coalesce(cells.n_kept_not_payer, 0) as n_kept_not_payer,
        coalesce(cells.n_lapsed_not_active, 0) as n_lapsed_not_active,
        coalesce(cells.n_kept_not_active, 0) as n_kept_not_active,
        {{ add_days('as_of_days.as_of_day', horizon_days()) }} as inactivity_known_day,
        {{ add_days('as_of_days.as_of_day', horizon_days() + grace_days()) }} as lapse_known_day
    from as_of_days
    left join counted_active on as_of_days.as_of_day = counted_active.as_of_day
    left join counted_payers on as_of_days.as_of_day = counted_payers.as_of_day
    left join cells on as_of_days.as_of_day = cells.as_of_day
)

select * from final
