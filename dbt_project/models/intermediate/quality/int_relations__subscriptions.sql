{% set step_rules = [
    'member_unknown', 'currency_odd', 'owner_changes', 'currency_changes', 'coupon_without_discount', 'step_after_expiry'
] %}
{% set term_rules = [
    'terms_overlap', 'term_gap', 'term_moved', 'renewed_without_start', 'plan_twice', 'term_unpaid'
] %}

with

members as (
    {{ known_members() }}
),

steps as (
    {{ with_news(ref('stg_lake__subscriptions'), 'subscriptions') }}
),

payments as (
    select * from {{ ref('stg_lake__payments') }}
),

odd_currencies as (
    {{ odd_currencies('steps') }}
),

ordered as (
    select
        *,
        first_value(member_id) over subscription_steps as first_member_id,
        lag(currency) over subscription_steps as previous_currency,
        min(case when step = 'expired' then event_day end) over (
            partition by subscription_id, term_start
        ) as expired_day
    from steps
    window subscription_steps as (partition by subscription_id order by occurred_at, term_start, step)
),

steps_judged as (
    select
        ordered.log_day,
        ordered.subscription_id as row_key,
        ordered.is_new,
        case when {{ has_rows('members') }} then members.member_id is null end as member_unknown,
        case when ordered.currency is not null then odd_currencies.currency is not null end as currency_odd,
        ordered.member_id <> ordered.first_member_id as owner_changes,
        ordered.currency <> ordered.previous_currency as currency_changes,
        case
            when ordered.coupon_id is not null and ordered.price_minor > 0
                then coalesce(ordered.discount_minor, 0) = 0
        end as coupon_without_discount,
        case
            when ordered.step in ('renew', 'upgrade', 'downgrade', 'cancel_scheduled', 'cancelled', 'payment_failed')
                then coalesce(ordered.event_day > ordered.expired_day, false)
        end as step_after_expiry
    from ordered
    left join members on ordered.member_id = members.member_id
    left join odd_currencies on ordered.currency = odd_currencies.currency
),

-- A term as its opening steps say it; what ends it early says so on its own day.
terms as (
    select
        subscription_id,
        term_start,
        min(member_id) as member_id,
        min(plan) as plan,
        max(log_day) as log_day,
        max(case when is_new then 1 else 0 end) = 1 as is_new,
        max(term_end) as term_end,
        min(term_end) as least_term_end,
        min(event_day) filter (where step in ('refunded', 'expired', 'cancelled')) as closed_day,
        count(*) filter (where step in ('start', 'trial', 'comped')) > 0 as is_started,
        count(*) filter (where step in ('upgrade', 'downgrade')) > 0 as is_changed,
        count(*) filter (where step = 'renew') > 0 as is_renewed,
        count(*) filter (where step in {{ in_list(var('paid_steps')) }}) > 0 as is_paid,
        max(price_minor - coalesce(discount_minor, 0)) as due_minor
    from steps
    group by subscription_id, term_start
),

opened as (
    select
        *,
        least(term_end, closed_day) as ended_day
    from terms
    where is_started or is_renewed or is_changed
),

sequenced as (
    select
        *,
        lag(term_start) over subscription_terms as previous_start,
        lag(term_end) over subscription_terms as previous_end,
        lag(ended_day) over subscription_terms as previous_ended_day,
        lag(subscription_id) over plan_terms as plan_subscription_id,
        lag(ended_day) over plan_terms as plan_ended_day
    from opened
    window
        subscription_terms as (partition by subscription_id order by term_start),
        plan_terms as (partition by member_id, plan order by term_start, subscription_id)
),

bounds as (
    select min(log_day) as first_day
    from steps
),

payment_bounds as (
    select
        min(event_day) as first_day,
        max(event_day) as last_day
    from payments
    where subscription_id is not null
),

paid_days as (
    select distinct
        subscription_id,
        event_day
    from payments
    where subscription_id is not null and amount_minor > 0
),

paid_terms as (
    select distinct
        opened.subscription_id,
        opened.term_start
    from opened
    inner join paid_days
        on
            opened.subscription_id = paid_days.subscription_id
            and paid_days.event_day
            between {{ add_days('opened.term_start', -31) }} and {{ add_days('opened.term_end', 31) }}
),

terms_judged as (
    select
        sequenced.log_day,
        sequenced.subscription_id as row_key,
        sequenced.is_new,
        case
            when sequenced.previous_end is not null and not sequenced.is_changed
                then sequenced.term_start < sequenced.previous_ended_day
        end as terms_overlap,
        case
            when sequenced.is_renewed and sequenced.previous_end is not null
                then sequenced.term_start > {{ add_days('sequenced.previous_end', 31) }}
        end as term_gap,
        case when not sequenced.is_changed then sequenced.term_end <> sequenced.least_term_end end as term_moved,
        case
            when
                sequenced.previous_start is null
                and sequenced.term_start
                > {{ add_days('bounds.first_day', days_since('sequenced.term_end', 'sequenced.term_start')) }}
                then not sequenced.is_started
        end as renewed_without_start,
        case
            when sequenced.plan is not null and sequenced.is_paid and sequenced.plan_subscription_id is not null
                then
                    sequenced.plan_subscription_id <> sequenced.subscription_id
                    and sequenced.plan_ended_day > {{ add_days('sequenced.term_start', 1) }}
        end as plan_twice,
        case
            when
                sequenced.is_paid
                and sequenced.due_minor > 0
                and sequenced.closed_day is null
                and sequenced.term_start > payment_bounds.first_day
                and sequenced.term_start < {{ add_days('payment_bounds.last_day', -31) }}
                then paid_terms.subscription_id is null
        end as term_unpaid
    from sequenced
    cross join bounds
    cross join payment_bounds
    left join paid_terms
        on sequenced.subscription_id = paid_terms.subscription_id and sequenced.term_start = paid_terms.term_start
),

steps_counted as (
    {{ count_broken('steps_judged', step_rules) }}
),

terms_counted as (
    {{ count_broken('terms_judged', term_rules) }}
),

final as (
    {{ list_broken('steps_counted', 'subscriptions', step_rules) }}
    union all
    {{ list_broken('terms_counted', 'subscriptions', term_rules) }}
)

select * from final
