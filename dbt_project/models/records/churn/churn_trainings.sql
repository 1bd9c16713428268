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
        trained_at,
        cast({{ json_text('card', '$.card.support.low') }} as double) as shown_low,
        cast({{ json_text('card', '$.card.support.high') }} as double) as shown_high,
        cast({{ json_text('card', '$.card.support.n') }} as bigint) as n_at_ends,
        cast({{ json_text('card', '$.card.support.low_rate') }} as double) as low_end_rate,
        cast({{ json_text('card', '$.card.support.high_rate') }} as double) as high_end_rate
    from trainings
)

select * from final
