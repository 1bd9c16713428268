{% set state_rules = ['joined_day_changes', 'back_after_erasure', 'plan_differs'] %}
{% set link_rules = ['link_unknown'] %}
{% set action_rules = [
    'member_unknown', 'contacted_after_gone', 'arms_differ', 'held_out_but_treated', 'points_below_zero', 'currency_odd'
] %}

with

members as (
    {{ known_members() }}
),

states as (
    {{ with_news(ref('stg_lake__members'), 'members') }}
),

links as (
    {{ with_news(ref('identity_links'), 'identity_links') }}
),

actions as (
    {{ with_news(ref('stg_lake__actions'), 'actions') }}
),

state_spans as (
    select * from {{ ref('int_members__state_spans') }}
),

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
    where outcome = 'running' and is_paid and plan is not null
),

accounts as (
    select distinct account_id from states
),

odd_currencies as (
    {{ odd_currencies('actions') }}
),

plans as (
    select
        member_id,
        min(plan) as plan,
        max(plan) as other_plan
    from terms
    group by member_id
),

ordered as (
    select
        *,
        lag(joined_day) over account_states as previous_joined_day,
        max(case when status = 'erased' then 1 else 0 end) over (
            partition by account_id order by occurred_at rows between unbounded preceding and 1 preceding
        ) = 1 as was_erased,
        row_number() over (partition by account_id order by occurred_at desc, source desc) = 1 as is_latest
    from states
    window account_states as (partition by account_id order by occurred_at, source)
),

states_judged as (
    select
        ordered.log_day,
        ordered.account_id as row_key,
        ordered.is_new,
        abs({{ days_since('ordered.joined_day', 'ordered.previous_joined_day') }}) > 1 as joined_day_changes,
        case
            when ordered.status <> 'erased' or ordered.status is null then coalesce(ordered.was_erased, false)
        end as back_after_erasure,
        case
            when ordered.is_latest and ordered.plan is not null
                then ordered.plan <> plans.plan and ordered.plan <> plans.other_plan
        end as plan_differs
    from ordered
    left join plans on ordered.member_id = plans.member_id
),

links_judged as (
    select
        links.log_day,
        links.member_a || ' ' || links.member_b as row_key,
        links.is_new,
        case
            when {{ has_rows('members') }} then one.account_id is null or other.account_id is null
        end as link_unknown
    from links
    left join accounts as one on links.member_a = one.account_id
    left join accounts as other on links.member_b = other.account_id
),

campaigns as (
    select
        member_id,
        campaign_id,
        count(distinct arm) as n_arms
    from actions
    where campaign_id is not null and arm is not null
    group by member_id, campaign_id
),

balances as (
    select
        *,
        sum(points) over (
            partition by member_id order by occurred_at asc, points desc, action_id asc rows unbounded preceding
        ) as balance
    from actions
),

actions_judged as (
    select
        balances.log_day,
        balances.action_id as row_key,
        balances.is_new,
        case when {{ has_rows('members') }} then members.member_id is null end as member_unknown,
        case
            when balances.kind in {{ in_list(var('contact_kinds')) }} and state_spans.member_id is not null
                then
                    coalesce(state_spans.status, 'active') in {{ in_list(var('gone_statuses')) }}
                    and balances.event_day > state_spans.stated_day
        end as contacted_after_gone,
        campaigns.n_arms > 1 as arms_differ,
        case
            when balances.arm = 'held_out'
                then coalesce(balances.points, 0) <> 0 or coalesce(balances.cost_minor, 0) <> 0
        end as held_out_but_treated,
        case when balances.points < 0 then balances.balance < 0 end as points_below_zero,
        case when balances.currency is not null then odd_currencies.currency is not null end as currency_odd
    from balances
    left join members on balances.member_id = members.member_id
    left join state_spans
        on
            balances.member_id = state_spans.member_id
            and balances.event_day between state_spans.from_day and state_spans.to_day
    left join campaigns on balances.member_id = campaigns.member_id and balances.campaign_id = campaigns.campaign_id
    left join odd_currencies on balances.currency = odd_currencies.currency
),

states_counted as (
    {{ count_broken('states_judged', state_rules) }}
),

links_counted as (
    {{ count_broken('links_judged', link_rules) }}
),

actions_counted as (
    {{ count_broken('actions_judged', action_rules) }}
),

final as (
    {{ list_broken('states_counted', 'members', state_rules) }}
    union all
    {{ list_broken('links_counted', 'identity_links', link_rules) }}
    union all
    {{ list_broken('actions_counted', 'actions', action_rules) }}
)

select * from final
