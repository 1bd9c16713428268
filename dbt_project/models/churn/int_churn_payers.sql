with

feature_days as (
    select distinct as_of_day from {{ source('control', 'feature_days') }}
),

versions as (
    {{ known_versions(source('lake', 'subscriptions'), ['subscription_id', 'term_start', 'step'], 'subscriptions') }}
),

upserts as (
    select * from versions
    where op = 'upsert'
),

subscriptions as (
    {{
        known_by_person(
            'upserts',
            [
                'subscription_id', 'term_start', 'term_end', 'step', 'event_day', 'discount_minor', 'price_minor',
            ],
        )
    }}
),

known as (
    select
        subscriptions.member_id,
        feature_days.as_of_day,
        subscriptions.subscription_id,
        subscriptions.term_start,
        subscriptions.term_end,
        subscriptions.step,
        subscriptions.event_day,
        subscriptions.step in {{ in_list(var('paid_steps')) }} as is_paid_step,
        subscriptions.discount_minor / cast(nullif(subscriptions.price_minor, 0) as double) as discount_share
    from feature_days
    inner join subscriptions
        on
            subscriptions.member_id is not null
            and feature_days.as_of_day >= subscriptions.known_from
            and feature_days.as_of_day < subscriptions.known_to
),

terms as (
    select
        member_id,
        as_of_day,
        subscription_id,
        term_start,
        max(term_end) filter (where is_paid_step) as term_end,
        max(discount_share) filter (where is_paid_step) as discount_share,
        count(*) filter (where step in ('cancel_scheduled', 'cancelled')) = 0 as is_auto_renewing,
        count(*) filter (where step in ('expired', 'refunded')) > 0 as is_over
    from known
    group by member_id, as_of_day, subscription_id, term_start
),

-- The paid term that holds the as-of day; of several, the one that ends last.
current_terms as (
    select
        *,
        row_number() over (
            partition by member_id, as_of_day
            order by term_end desc, term_start desc, subscription_id asc
        ) as term_rank
    from terms
    where term_start <= as_of_day and term_end > as_of_day and not is_over
),

past as (
    select
        member_id,
        as_of_day,
        count(distinct case when is_paid_step and term_start <= as_of_day then term_start end) as term_number,
        count(*) filter (
            where step = 'payment_failed' and event_day > {{ add_days('as_of_day', -180) }}
        ) as payment_failures_180
    from known
    group by member_id, as_of_day
),

final as (
    select
        past.member_id,
        past.as_of_day,
        {{ days_since('current_terms.term_end', 'past.as_of_day') }} as days_to_term_end,
        past.term_number,
        current_terms.is_auto_renewing,
        past.payment_failures_180,
        coalesce(current_terms.discount_share, 0) as discount_share
    from past
    inner join current_terms
        on
            past.member_id = current_terms.member_id
            and past.as_of_day = current_terms.as_of_day
            and current_terms.term_rank = 1
)

select * from final
