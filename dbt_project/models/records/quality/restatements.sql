-- Rows of the run in progress lie in both places once its publication is up, so a row counts once.
with

kept as (
    select * from {{ source('ledger', 'restatements') }}
),

pending as (
    select * from {{ source('control', 'restatements') }}
),

unioned as (
    select * from kept
    union all
    select * from pending
    where run_id not in (select kept.run_id from kept)
),

final as (
    select
        mart,
        metric,
        dimension,
        day,
        old_value,
        new_value,
        cause,
        delivery_ids,
        since_version,
        version,
        through_day,
        run_id,
        recorded_at
    from unioned
)

select * from final
