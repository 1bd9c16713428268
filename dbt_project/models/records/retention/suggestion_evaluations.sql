with

evaluations as (
    select * from {{ source('ledger', 'suggestion_evaluations') }}
),

final as (
    select
        day,
        run_id,
        method,
        n_suggested,
        cut_off,
        n_members,
        n_hits,
        hit_rate,
        {{ wilson_low('n_hits', 'n_members') }} as hit_rate_low,
        {{ wilson_high('n_hits', 'n_members') }} as hit_rate_high,
        n_cut_offs,
        gain,
        gain_low,
        gain_high,
        is_used
    from evaluations
)

select * from final
