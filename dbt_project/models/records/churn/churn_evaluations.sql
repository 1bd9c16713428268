with

evaluations as (
    select * from {{ source('ledger', 'churn_evaluations') }}
),

final as (
    select
        definition,
        learner,
        split,
        cut_off,
        segment,
        n,
        metric,
        value,
        low,
        high,
        model_version,
        is_champion,
        trained_through_day
    from evaluations
)

select * from final
