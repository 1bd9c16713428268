with

calibration as (
    select * from {{ source('ledger', 'churn_calibration') }}
),

final as (
    select
        definition,
        learner,
        split,
        bin,
        n,
        mean_probability as mean_predicted,
        churn_rate as observed_rate,
        model_version,
        is_champion,
        trained_through_day
    from calibration
)

select * from final
