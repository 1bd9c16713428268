with

judged_days as (
    select * from {{ ref('int_alerts__judged_days') }}
    where is_alarm
),

fired as (
    select
        *,
        case when value > baseline then 'above' else 'below' end as direction
    from judged_days
),

final as (
    select
        rule,
        series,
        direction,
        cast(value as bigint) as value,
        baseline,
        band_low,
        band_high,
        robust_z,
        relative_change,
        day
    from fired
)

select * from final
