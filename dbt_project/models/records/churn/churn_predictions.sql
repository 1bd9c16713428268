with

predictions as (
    select * from {{ source('ledger', 'churn_predictions') }}
),

final as (
    select
        member_id,
        day,
        definition,
        model_version,
        probability,
        risk_band,
        reasons_en,
        reasons_zh,
        drivers,
        learner,
        run_id,
        scored_at,
        model_version = first_value(model_version) over (
            partition by day, definition order by scored_at desc, model_version desc
        ) as is_current
    from predictions
)

select * from final
