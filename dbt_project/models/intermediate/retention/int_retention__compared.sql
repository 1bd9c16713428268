{% set rules = var('action_effects') %}

with

assignments as (
    select * from {{ ref('int_retention__assignments') }}
),

outcomes as (
    select * from {{ ref('int_retention__outcomes') }}
),

actions as (
    select * from {{ ref('stg_lake__actions') }}
    where campaign_id is not null and coalesce(arm, 'treated') = 'treated'
),

paid_terms as (
    select * from {{ ref('subscription_terms') }}
    where is_paid
),

namings as (
    select * from {{ source('ledger', 'judgement_days') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

campaigns as (
    select
        campaign_id,
        min(kind) as kind,
        min(day) as first_day,
        max(day) as last_day,
        count(*) filter (where arm = 'treated') as n_assigned_treated,
        count(*) filter (where arm = 'held_out') as n_assigned_held_out,
        count(*) filter (where is_in_both_arms) as n_in_both_arms,
        round(avg(planned_treated_share), 9) as planned_treated_share,
        bool_or(is_own) as is_own
    from assignments
    group by campaign_id
),

-- Each chance of being treated that a campaign had is checked for itself: the evidence of independent draws adds up.
drawn as (
    select
        campaign_id,
        planned_treated_share,
        count(*) as n_assigned,
        count(*) filter (where arm = 'treated') as n_assigned_treated
    from assignments
    group by campaign_id, planned_treated_share
),

ratios as (
    select
        campaign_id,
        round(
            sum({{ log_ratio_evidence('n_assigned_treated', 'n_assigned', 'planned_treated_share') }}), 8
        ) as log_ratio_evidence
    from drawn
    group by campaign_id
),

first_known as (
    select
        campaign_id,
        min(known_day) as known_day
    from outcomes
    group by campaign_id
),

-- A day of judgement counts if it was named before it came and before any outcome was known; else whoever named it may
-- have seen how things stood. Only the first naming counts.
named as (
    select
        namings.campaign_id,
        min_by(namings.judgement_day, namings.named_day) as judgement_day
    from namings
    inner join first_known on namings.campaign_id = first_known.campaign_id
    group by namings.campaign_id
    having min(namings.named_day) < least(min_by(namings.judgement_day, namings.named_day), min(first_known.known_day))
),

-- A campaign whose day has come is judged by what was known on that day.
counted as (
    select
        outcomes.campaign_id,
        outcomes.member_id,
        outcomes.outcome,
        outcomes.arm,
        outcomes.is_reached,
        outcomes.price_minor,
        outcomes.currency,
        outcomes.is_known
        and (
            named.judgement_day is null or named.judgement_day > build.through_day
            or outcomes.known_day <= named.judgement_day
        ) as is_known
    from outcomes
    cross join build
    left join named on outcomes.campaign_id = named.campaign_id
),

-- Costs without a currency are in the one that members pay in, if that is one.
house as (
    select case when count(distinct currency) = 1 then min(currency) end as currency
    from paid_terms
),

-- What was done, and what it cost, while the outcome was open: later rounds of a campaign belong to a later outcome.
done as (
    select
        assignments.campaign_id,
        assignments.member_id,
        cast(sum(actions.cost_minor) as bigint) as cost_minor,
        min(coalesce(actions.currency, house.currency)) filter (where actions.cost_minor <> 0) as first_currency,
        max(coalesce(actions.currency, house.currency)) filter (where actions.cost_minor <> 0) as last_currency
    from assignments
    cross join house
    inner join actions
        on
            assignments.campaign_id = actions.campaign_id
            and assignments.member_id = actions.member_id
            and assignments.day <= actions.event_day
            and {{ add_days('assignments.day', horizon_days()) }} >= actions.event_day
    group by assignments.campaign_id, assignments.member_id
),

known as (
    select
        counted.campaign_id,
        counted.outcome,
        count(*) as n_with_outcome,
        count(*) filter (where counted.is_known and counted.arm = 'treated') as n_treated,
        count(*) filter (where counted.is_known and counted.arm = 'held_out') as n_held_out,
        count(*) filter (where counted.is_known and counted.is_reached and counted.arm = 'treated')
            as n_reached_treated,
        count(*) filter (where counted.is_known and counted.is_reached and counted.arm = 'held_out')
            as n_reached_held_out,
        count(done.member_id) filter (where counted.is_known and counted.arm = 'treated') as n_done,
        cast(sum(done.cost_minor) filter (where counted.is_known and counted.arm = 'treated') as bigint) as cost_minor,
        min(done.first_currency) filter (where counted.is_known and counted.arm = 'treated') as first_currency,
        max(done.last_currency) filter (where counted.is_known and counted.arm = 'treated') as last_currency,
        round(avg(counted.price_minor) filter (where counted.is_known), 6) as price_minor,
        min(counted.currency) filter (where counted.is_known) as first_price_currency,
        max(counted.currency) filter (where counted.is_known) as last_price_currency
    from counted
    left join done on counted.campaign_id = done.campaign_id and counted.member_id = done.member_id
    group by counted.campaign_id, counted.outcome
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

final as (
    select
        known.campaign_id,
        known.outcome,
        campaigns.kind,
        campaigns.is_own,
        campaigns.n_assigned_treated,
        campaigns.n_assigned_held_out,
        campaigns.planned_treated_share,
        ratios.log_ratio_evidence,
        campaigns.n_in_both_arms,
        known.n_treated,
        known.n_held_out,
        known.n_reached_treated,
        known.n_reached_held_out,
        named.judgement_day,
        known.n_done,
        campaigns.last_day,
        campaigns.first_day,
        (known.outcome = 'renewed') = aimed.is_for_renewals as is_primary,
        coalesce(named.judgement_day <= build.through_day, false) as is_judgement_day_over,
        case
            when coalesce(known.first_currency = known.last_currency, true) then known.cost_minor
        end as cost_minor,
        case when known.first_currency = known.last_currency then known.first_currency end as currency,
        case
            when
                known.first_price_currency = known.last_price_currency
                and known.first_price_currency = known.first_currency
                and known.first_currency = known.last_currency
                then known.price_minor
        end as worth_minor
    from known
    cross join build
    inner join campaigns on known.campaign_id = campaigns.campaign_id
    inner join aimed on known.campaign_id = aimed.campaign_id
    inner join ratios on known.campaign_id = ratios.campaign_id
    left join named on known.campaign_id = named.campaign_id
)

select * from final
