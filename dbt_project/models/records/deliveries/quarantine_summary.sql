with

quarantine as (
    select * from {{ source('lake', 'quarantine') }}
),

final as (
    select
        {{ log_of_file('filename') }} as log,
        log_day,
        file,
        column_name,
        cast(count(*) as bigint) as n_rows,
        min(line) as first_line,
        min_by(reason, line) as reason
    from quarantine
    group by 1, 2, 3, 4
)

select * from final
