with

alarms as (
    select * from {{ ref('int_alerts__outcomes') }}
),

final as (
    select
        rule,
        series,
        day,
        direction,
        cast(value as bigint) as value,
        baseline,
        band_low,
        band_high,
        robust_z,
        relative_change,
        cast(n_days_after as bigint) as n_days_after,
        cast(n_alarms_after as bigint) as n_alarms_after,
        outcome
    from alarms
)

select * from final
