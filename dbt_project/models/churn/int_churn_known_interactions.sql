with

window_days as (
    {{ days_before_features(180) }}
),

logged as (
    select * from {{ ref('int_churn_logged') }}
    where
        member_id is not null
        and kind not in {{ in_list(var('read_kinds')) }}
        and day in (select window_days.day from window_days)
),

authored as (
    select * from {{ ref('int_churn_authored') }}
    where day in (select window_days.day from window_days)
),

interactions as (
    {{ known_by_person('logged', ['day', 'kind', 'content_id', 'channel'], ['member_id', 'target_member_id']) }}
),

final as (
    select
        member_id,
        day,
        kind,
        content_id,
        channel,
        target_member_id,
        known_from,
        known_to
    from interactions
    union all
    select
        member_id,
        day,
        kind,
        content_id,
        channel,
        cast(null as string) as target_member_id,
        known_from,
        known_to
    from authored
)

select * from final
