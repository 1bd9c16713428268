with

opening_steps as (
    select * from {{ ref('int_subscriptions__opening_steps') }}
    where is_paid and price_minor is not null
),

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

priced as (
    select
        terms.source,
        terms.subscription_id,
        terms.term_start,
        terms.member_id,
        terms.counts_until,
        opening_steps.step,
        opening_steps.occurred_at,
        opening_steps.mrr_minor,
        coalesce(opening_steps.plan, terms.plan) as plan,
        coalesce(opening_steps.currency, 'XXX') as currency,
        greatest(terms.counts_from, opening_steps.event_day) as from_day
    from opening_steps
    inner join terms
        on
            opening_steps.source = terms.source
            and opening_steps.subscription_id = terms.subscription_id
            and opening_steps.term_start = terms.term_start
),

-- Of several prices of a day the last counts.
daily as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by source, subscription_id, term_start, from_day order by occurred_at desc, step desc
            ) as price_rank
        from priced
    ) as ranked
    where price_rank = 1
),

spans as (
    select
        *,
        coalesce(
            least(
                lead(from_day) over (partition by source, subscription_id, term_start order by from_day), counts_until
            ),
            counts_until
        ) as until_day
    from daily
),

final as (
    select
        source,
        subscription_id,
        term_start,
        member_id,
        plan,
        currency,
        mrr_minor,
        from_day,
        until_day
    from spans
    where from_day < until_day
)

select * from final
