{% set rules = var('action_effects') %}

with

compared as (
    select * from {{ ref('int_retention__compared') }}
),

measured as (
    select
        *,
        case
            when n_assigned_treated > 0 and n_assigned_held_out > 0
                then round(exp(-greatest(log_ratio_evidence, 0)), 8)
        end as ratio_p,
        {{ share('n_reached_treated', 'n_treated') }} as rate_treated,
        {{ share('n_reached_held_out', 'n_held_out') }} as rate_held_out,
        {{ difference_variance('n_reached_treated', 'n_treated', 'n_reached_held_out', 'n_held_out') }} as variance
    from compared
),

weighed as (
    select
        *,
        rate_treated - rate_held_out as effect,
        ratio_p < {{ rules.unbalanced_p }}e0 as is_unbalanced,
        variance is not null and ratio_p >= {{ rules.unbalanced_p }}e0 as is_compared,
        {{ log_evidence('rate_treated - rate_held_out', 'variance') }} as log_evidence
    from measured
),

-- Where many are compared, some look as if they had an effect. Of the k with the most evidence each has to have that of
-- an interval at 1 - alpha k / n_compared, for the largest k that does (e-BH; Wang & Ramdas 2022), and all intervals
-- are shown at that level (e-BY; Xu, Wang & Ramdas 2024). This holds whatever the campaigns have to do with each other.
-- One that is judged once gets its part of the error.
ordered as (
    select
        *,
        is_compared and judgement_day is null as is_ranked,
        count(case when is_compared then 1 end) over (partition by is_primary) as n_compared,
        row_number() over (
            partition by is_primary, is_compared and judgement_day is null order by log_evidence desc
        ) as evidence_rank
    from weighed
),

found as (
    select
        *,
        max(
            case
                when is_ranked and log_evidence > ln(n_compared / ({{ rules.alpha }}e0 * evidence_rank))
                    then evidence_rank
            end
        ) over (partition by is_primary) as n_found
    from ordered
),

corrected as (
    select
        *,
        {{ rules.alpha }}e0 / greatest(n_compared, 1) * case
            when judgement_day is null then greatest(n_found, 1) else 1
        end as alpha
    from found
),

bounded as (
    select
        *,
        case
            when is_judgement_day_over then {{ normal_exceeded('alpha / 2') }} * sqrt(variance)
            else {{ anytime_half_width('variance', 'alpha') }}
        end as half_width,
        {{ normal_exceeded('alpha / 2') }} as z
    from corrected
),

limited as (
    select
        *,
        case
            when is_judgement_day_over
                then {{ newcombe_low('n_reached_treated', 'n_treated', 'n_reached_held_out', 'n_held_out', 'z') }}
            else {{ within_one('effect - half_width') }}
        end as effect_low,
        case
            when is_judgement_day_over
                then {{ newcombe_high('n_reached_treated', 'n_treated', 'n_reached_held_out', 'n_held_out', 'z') }}
            else {{ within_one('effect + half_width') }}
        end as effect_high,
        {{ minimum_detectable_effect('half_width', 'variance') }} as min_detectable_effect
    from bounded
),

judged as (
    select
        *,
        case
            when n_assigned_treated = 0 or n_assigned_held_out = 0 then 'no_comparison'
            when is_unbalanced then 'unbalanced'
            when judgement_day is not null and not is_judgement_day_over then 'cannot_tell'
            when effect_low > 0 then 'works'
            when effect_high < 0 then 'harms'
            when greatest(-effect_low, effect_high) <= {{ rules.worth_finding }}e0 then 'no_effect'
            else 'cannot_tell'
        end as verdict
    from limited
),

priced as (
    select
        *,
        case when verdict = 'works' then cost_minor / (effect * n_treated) end as cost_per_extra_minor,
        case
            when is_compared and effect_high > 0 then cost_minor / (effect_high * n_treated)
        end as cost_per_extra_low_minor,
        case when verdict = 'works' then cost_minor / (effect_low * n_treated) end as cost_per_extra_high_minor
    from judged
),

-- Judged at the ends of the interval, as the effect itself is.
weighed_against_cost as (
    select
        *,
        case when is_judgement_day_over then 'fixed_day' else 'any_day' end as interval_kind,
        1 - alpha as confidence,
        case
            when not is_compared or cost_minor is null or worth_minor is null then null
            when cost_per_extra_high_minor <= worth_minor then 'pays'
            when cost_minor > 0 and (effect_high <= 0 or cost_per_extra_low_minor > worth_minor) then 'costs_more'
            else 'cannot_tell'
        end as cost_verdict
    from priced
),

final as (
    select
        campaign_id,
        outcome,
        is_primary,
        kind,
        is_own,
        n_assigned_treated,
        n_assigned_held_out,
        planned_treated_share,
        ratio_p,
        n_in_both_arms,
        n_treated,
        n_held_out,
        n_reached_treated,
        n_reached_held_out,
        rate_treated,
        rate_held_out,
        effect,
        effect_low,
        effect_high,
        min_detectable_effect,
        verdict,
        interval_kind,
        judgement_day,
        confidence,
        n_compared,
        n_done,
        cast(cost_minor as bigint) as cost_minor,
        cost_per_extra_minor,
        cost_per_extra_low_minor,
        cost_per_extra_high_minor,
        currency,
        worth_minor,
        cost_verdict,
        last_day,
        first_day
    from weighed_against_cost
)

select * from final
