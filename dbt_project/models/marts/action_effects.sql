{% set horizon = env_var('GUILDBOOK_CHURN_HORIZON_DAYS', '30') | int %}
{% set rules = var('action_effects') %}

with

assignments as (
    select * from {{ ref('int_actions__assignments') }}
),

outcomes as (
    select * from {{ ref('int_actions__outcomes') }}
),

actions as (
    select * from {{ ref('stg_lake__actions') }}
    where campaign_id is not null and coalesce(arm, 'treated') = 'treated'
),

campaigns as (
    select
        campaign_id,
        min(kind) as kind,
        min(day) as first_day,
        max(day) as last_day,
        count(*) as n_assigned,
        count(*) filter (where arm = 'treated') as n_assigned_treated,
        count(*) filter (where arm = 'held_out') as n_assigned_held_out,
        count(*) filter (where is_in_both_arms) as n_in_both_arms,
        round(avg(planned_treated_share), 9) as planned_treated_share,
        bool_or(is_own) as is_own
    from assignments
    group by campaign_id
),

-- What was done, and what it cost, while the outcome was open: later rounds of a campaign belong to a later outcome.
done as (
    select
        assignments.campaign_id,
        assignments.member_id,
        sum(actions.cost_minor) as cost_minor
    from assignments
    inner join actions
        on
            assignments.campaign_id = actions.campaign_id
            and assignments.member_id = actions.member_id
            and assignments.day <= actions.event_day
            and {{ add_days('assignments.day', horizon) }} >= actions.event_day
    group by assignments.campaign_id, assignments.member_id
),

known as (
    select
        outcomes.campaign_id,
        outcomes.outcome,
        count(*) as n_with_outcome,
        count(*) filter (where outcomes.is_known and outcomes.arm = 'treated') as n_treated,
        count(*) filter (where outcomes.is_known and outcomes.arm = 'held_out') as n_held_out,
        count(*) filter (where outcomes.is_reached and outcomes.arm = 'treated') as n_reached_treated,
        count(*) filter (where outcomes.is_reached and outcomes.arm = 'held_out') as n_reached_held_out,
        count(done.member_id) filter (where outcomes.is_known and outcomes.arm = 'treated') as n_done,
        sum(done.cost_minor) filter (where outcomes.is_known and outcomes.arm = 'treated') as cost_minor
    from outcomes
    left join done on outcomes.campaign_id = done.campaign_id and outcomes.member_id = done.member_id
    group by outcomes.campaign_id, outcomes.outcome
),

-- The measure that counts is fixed by whom the campaign was for, before anything is known of how it ended.
aimed as (
    select
        campaign_id,
        max(case when outcome = 'renewed' then n_with_outcome else 0 end)
        >= {{ rules.renewal_share }}e0 * max(case when outcome = 'active' then n_with_outcome end) as is_for_renewals
    from known
    group by campaign_id
),

compared as (
    select
        campaigns.*,
        known.outcome,
        known.n_treated,
        known.n_held_out,
        known.n_reached_treated,
        known.n_reached_held_out,
        known.n_done,
        known.cost_minor,
        (known.outcome = 'renewed') = aimed.is_for_renewals as is_primary,
        case
            when campaigns.n_assigned_treated > 0 and campaigns.n_assigned_held_out > 0
                then {{ ratio_p(
                    'campaigns.n_assigned_treated', 'campaigns.n_assigned', 'campaigns.planned_treated_share'
                ) }}
        end as ratio_p,
        {{ share('known.n_reached_treated', 'known.n_treated') }} as rate_treated,
        {{ share('known.n_reached_held_out', 'known.n_held_out') }} as rate_held_out,
        {{ newcombe_low(
            'known.n_reached_treated', 'known.n_treated', 'known.n_reached_held_out', 'known.n_held_out'
        ) }} as effect_low,
        {{ newcombe_high(
            'known.n_reached_treated', 'known.n_treated', 'known.n_reached_held_out', 'known.n_held_out'
        ) }} as effect_high,
        {{ minimum_detectable_effect(
            'known.n_reached_treated', 'known.n_treated', 'known.n_reached_held_out', 'known.n_held_out'
        ) }} as min_detectable_effect
    from campaigns
    inner join known on campaigns.campaign_id = known.campaign_id
    inner join aimed on campaigns.campaign_id = aimed.campaign_id
),

judged as (
    select
        *,
        rate_treated - rate_held_out as effect,
        case
            when n_assigned_treated = 0 or n_assigned_held_out = 0 then 'no_comparison'
            when ratio_p < {{ rules.unbalanced_p }}e0 then 'unbalanced'
            when n_treated = 0 or n_held_out = 0 then 'cannot_tell'
            when effect_low > 0 then 'works'
            when effect_high < 0 then 'harms'
            when min_detectable_effect <= {{ rules.worth_finding }}e0 then 'no_effect'
            else 'cannot_tell'
        end as verdict
    from compared
),

priced as (
    select
        *,
        case when verdict = 'works' then cost_minor / (effect * n_treated) end as cost_per_extra_minor,
        case when verdict = 'works' then cost_minor / (effect_high * n_treated) end as cost_per_extra_low_minor,
        case when verdict = 'works' then cost_minor / (effect_low * n_treated) end as cost_per_extra_high_minor
    from judged
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
        n_done,
        cast(cost_minor as bigint) as cost_minor,
        cost_per_extra_minor,
        cost_per_extra_low_minor,
        cost_per_extra_high_minor,
        last_day,
        first_day
    from priced
)

select * from final
