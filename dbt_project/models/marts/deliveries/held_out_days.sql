with

held_out as (
    select * from {{ source('control', 'held_out') }}
),

final as (
    select
        log,
        n_rows as n_waiting_rows,
        keeps_earlier,
        log_day as day
    from held_out
)

select * from final
