with

trainings as (
    select * from {{ source('ledger', 'churn_trainings') }}
),

final as (
    select
        model_version,
        definition,
        horizon_days,
        learner,
        reason,
        card,
        trained_through_day,
        run_id,
        trained_at
    from trainings
)

select * from final
