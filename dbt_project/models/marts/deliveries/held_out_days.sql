with

withheld as (
    select * from {{ source('control', 'held_out') }}
),

final as (
    select
        log,
        log_day as day,
        n_rows as n_waiting_rows,
        keeps_earlier
    from withheld
)

select * from final
