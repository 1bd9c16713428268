-- A member counts once, by the first list he or she was drawn for: later draws depend on how that went. What counts is
-- what the member was at risk of: not to renew, or not to be active.
with

outcomes as (
    select * from {{ ref('int_retention__outcomes') }}
    where is_own
),

ranked as (
    select
        *,
        dense_rank() over (partition by member_id order by day, campaign_id) as draw_rank
    from outcomes
),

counted as (
    select
        definition,
        risk_band,
        count(*) filter (where arm = 'treated') as n_treated,
        count(*) filter (where arm = 'held_out') as n_held_out,
        count(*) filter (where arm = 'treated' and is_reached) as n_reached_treated,
        count(*) filter (where arm = 'held_out' and is_reached) as n_reached_held_out
    from ranked
    where
        draw_rank = 1
        and is_known
        and outcome = case when definition = 'lapse' then 'renewed' else 'active' end
    group by definition, risk_band
),

compared as (
    select
        *,
        {{ share('n_reached_treated', 'n_treated') }} - {{ share('n_reached_held_out', 'n_held_out') }} as effect,
        {{ difference_variance('n_reached_treated', 'n_treated', 'n_reached_held_out', 'n_held_out') }} as variance
    from counted
),

-- Each band gets its part of the error, so that all intervals hold together, on all days.
bounded as (
    select
        *,
        {{ anytime_half_width(
            'variance', var('action_effects').alpha ~ 'e0 / count(variance) over ()'
        ) }} as half_width
    from compared
),

final as (
    select
        definition,
        risk_band,
        n_treated,
        n_held_out,
        effect,
        {{ within_one('effect - half_width') }} as effect_low,
        {{ within_one('effect + half_width') }} as effect_high
    from bounded
)

select * from final
