{% set rules = [
    'member_unknown', 'after_erasure', 'currency_odd', 'subscription_unknown', 'payer_differs', 'currency_differs',
    'amount_differs', 'paid_before_subscription', 'paid_after_subscription', 'paid_too_often', 'refund_unpaid',
    'refund_too_large', 'event_unknown', 'content_unknown', 'content_free',
    'content_currency_differs'
] %}

with

members as (
    {{ known_members() }}
),

payments as (
    {{ with_news(ref('stg_lake__payments'), 'payments') }}
),

-- Rules that the mart of payments names too.
judged as (
    {{ judged_payments('payments') }}
),

steps as (
    {{ with_news(ref('stg_lake__subscriptions'), 'subscriptions') }}
),

odd_currencies as (
    {{ odd_currencies('payments') }}
),

-- What a subscription's steps say in all; the first one names its owner.
subscriptions as (
    select
        subscription_id,
        min(term_start) as first_day,
        max(term_end) as end_day,
        max(case when is_new then 1 else 0 end) = 1 as is_new,
        count(*) filter (where step in ('start', 'trial', 'comped')) > 0 as has_start,
        count(*) filter (where step in ('upgrade', 'downgrade')) > 0 as has_change,
        count(*) filter (where price_minor is not null and step in {{ in_list(var('paid_steps')) }}) > 0 as has_price
    from steps
    group by subscription_id
),

owners as (
    select distinct
        subscription_id,
        member_id
    from steps
),

amounts as (
    select distinct
        subscription_id,
        price_minor - coalesce(discount_minor, 0) as amount_minor
    from steps
    where price_minor is not null
),

due as (
    select distinct
        subscription_id,
        term_start,
        step
    from steps
    where step in {{ in_list(var('paid_steps')) }}
),

running as (
    select
        *,
        count(case when is_dues then 1 end) over paid_things
        - count(case when is_refund then 1 end) over paid_things as n_paid
    from (
        select
            *,
            coalesce(kind, 'subscription') = 'subscription' and subscription_id is not null and amount_minor > 0
                as is_dues
        from judged
    ) as dues
    window paid_things as (
        partition by paid_thing order by occurred_at, payment_id rows between unbounded preceding and current row
    )
),

-- A term may be paid a month ahead.
due_so_far as (
    select
        running.source,
        running.payment_id,
        count(*) as n_due
    from running
    inner join due
        on
            running.subscription_id = due.subscription_id
            and due.term_start <= {{ add_days('running.event_day', 31) }}
    where running.is_dues
    group by running.source, running.payment_id
),

payments_judged as (
    select
        running.log_day,
        running.payment_id as row_key,
        running.is_new or subscriptions.is_new as is_new,
        running.member_unknown,
        case
            when members.erased_day is not null and not running.is_refund
                then running.event_day > members.erased_day
        end as after_erasure,
        case when running.currency is not null then odd_currencies.currency is not null end as currency_odd,
        running.subscription_unknown,
        case when subscriptions.subscription_id is not null then owners.member_id is null end as payer_differs,
        running.currency_differs,
        case
            when running.is_dues and subscriptions.has_price and not subscriptions.has_change
                then amounts.amount_minor is null
        end as amount_differs,
        case
            when running.is_dues and subscriptions.has_start
                then running.event_day < {{ add_days('subscriptions.first_day', -31) }}
        end as paid_before_subscription,
        case
            when running.is_dues and subscriptions.subscription_id is not null
                then running.event_day > {{ add_days('subscriptions.end_day', 31) }}
        end as paid_after_subscription,
        case
            when
                running.is_dues
                and subscriptions.has_start
                and running.event_day >= {{ add_days('subscriptions.first_day', -31) }}
                then running.n_paid > coalesce(due_so_far.n_due, 0)
        end as paid_too_often,
        running.refund_unpaid,
        running.refund_too_large,
        running.event_unknown,
        running.content_unknown,
        running.content_free,
        running.content_currency_differs
    from running
    left join members on running.member_id = members.member_id
    left join odd_currencies on running.currency = odd_currencies.currency
    left join subscriptions on running.subscription_id = subscriptions.subscription_id
    left join owners on running.subscription_id = owners.subscription_id and running.member_id = owners.member_id
    left join amounts
        on running.subscription_id = amounts.subscription_id and running.amount_minor = amounts.amount_minor
    left join due_so_far on running.source = due_so_far.source and running.payment_id = due_so_far.payment_id
),

payments_counted as (
    {{ count_broken('payments_judged', rules) }}
),

final as (
    {{ list_broken('payments_counted', 'payments', rules) }}
)

select * from final
