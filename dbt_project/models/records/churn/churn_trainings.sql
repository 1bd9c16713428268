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
        cast(card ->> '$.card.support.low' as double) as shown_low,
        cast(card ->> '$.card.support.high' as double) as shown_high,
        cast(card ->> '$.card.support.n' as bigint) as n_at_ends,
        cast(card ->> '$.card.support.low_rate' as double) as low_end_rate,
        cast(card ->> '$.card.support.high_rate' as double) as high_end_rate
    from trainings
)

select * from final
