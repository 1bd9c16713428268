with

steps as (
    select * from {{ ref('stg_lake__subscriptions') }}
),

opening_steps as (
    select * from {{ ref('int_subscriptions__opening_steps') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, subscription_id, term_start order by occurred_at asc, step asc
        ) as first_rank,
        row_number() over (
            partition by source, subscription_id, term_start
            order by case when price_minor is null then 1 else 0 end asc, occurred_at desc, step desc
        ) as last_rank
    from opening_steps
),

-- A term is described by its last step that has a price.
opened as (
    select
        latest.source,
        latest.subscription_id,
        latest.member_id,
        latest.plan,
        latest.interval_months,
        latest.currency,
        latest.price_minor,
        latest.recurring_discount_minor,
        latest.term_start,
        latest.term_end,
        latest.is_paid,
        latest.mrr_minor,
        earliest.step as started_by,
        greatest(latest.term_start, earliest.event_day) as counts_from
    from ranked as latest
    inner join ranked as earliest
        on
            latest.source = earliest.source
            and latest.subscription_id = earliest.subscription_id
            and latest.term_start = earliest.term_start
            and earliest.first_rank = 1
    where latest.last_rank = 1
),

closing as (
    select
        source,
        subscription_id,
        term_start,
        min(event_day) filter (where step = 'refunded') as refunded_day,
        min(event_day) filter (where step = 'expired') as expired_day,
        count(*) filter (where step in ('cancel_scheduled', 'cancelled')) > 0 as is_cancelled,
        count(*) filter (
            where step in ('cancelled', 'expired')
            and end_reason in {{ in_list(var('payment_failure_reasons')) }}
        ) > 0 as is_unpaid,
        count(*) filter (where step = 'payment_failed') > 0 as has_failed_payment
    from steps
    group by source, subscription_id, term_start
),

sequenced as (
    select
        *,
        cast(row_number() over subscription_terms as bigint) as term_number,
        lead(term_start) over subscription_terms as next_term_start,
        lead(counts_from) over subscription_terms as next_counts_from,
        lead(is_paid) over subscription_terms as is_next_paid,
        lead(started_by) over subscription_terms as next_started_by
    from opened
    window subscription_terms as (partition by source, subscription_id order by term_start)
),

-- A refund and an expiry end a term on their day, so does the next term; a cancelled one runs to its end.
ended as (
    select
        sequenced.*,
        closing.refunded_day,
        closing.is_cancelled,
        closing.is_unpaid,
        closing.expired_day is not null as is_expired,
        attempts.has_failed_payment,
        greatest(
            sequenced.term_start,
            least(sequenced.term_end, closing.refunded_day, closing.expired_day, sequenced.next_term_start)
        ) as ended_day
    from sequenced
    left join closing
        on
            sequenced.source = closing.source
            and sequenced.subscription_id = closing.subscription_id
            and sequenced.term_start = closing.term_start
    -- A failed payment belongs to the term that it should have paid.
    left join closing as attempts
        on
            sequenced.source = attempts.source
            and sequenced.subscription_id = attempts.subscription_id
            and sequenced.term_end = attempts.term_start
),

-- A member may also come back with a new subscription.
new_subscriptions as (
    select
        source,
        subscription_id,
        member_id,
        min(counts_from) as counts_from
    from opened
    where is_paid
    group by source, subscription_id, member_id
),

replaced as (
    select
        ended.source,
        ended.subscription_id,
        ended.term_start,
        min(new_subscriptions.counts_from) as renewed_day
    from ended
    inner join new_subscriptions
        on
            ended.member_id = new_subscriptions.member_id
            and (ended.source <> new_subscriptions.source or ended.subscription_id <> new_subscriptions.subscription_id)
            and ended.ended_day <= new_subscriptions.counts_from
            and {{ add_days('ended.ended_day', grace_days()) }} >= new_subscriptions.counts_from
    group by ended.source, ended.subscription_id, ended.term_start
),

renewed as (
    select
        ended.*,
        build.through_day,
        ended.next_counts_from <= {{ add_days('ended.ended_day', grace_days()) }} as is_followed,
        coalesce(
            case
                when ended.is_next_paid and ended.next_counts_from <= {{ add_days('ended.ended_day', grace_days()) }}
                    then ended.next_counts_from
            end,
            replaced.renewed_day
        ) as renewed_day
    from ended
    cross join build
    left join replaced
        on
            ended.source = replaced.source
            and ended.subscription_id = replaced.subscription_id
            and ended.term_start = replaced.term_start
),

judged as (
    select
        *,
        case
            when ended_day > through_day then 'running'
            when next_started_by in ('upgrade', 'downgrade') and next_term_start < term_end then 'changed'
            when renewed_day is not null then 'renewed'
            when refunded_day is not null then 'refunded'
            when is_unpaid then 'payment_failure'
            when is_cancelled then 'cancelled'
            when is_followed and not is_next_paid then 'comped'
            when not is_expired and {{ add_days('ended_day', grace_days()) }} > through_day then 'in_grace'
            when has_failed_payment then 'payment_failure'
            else 'expired'
        end as outcome
    from renewed
),

final as (
    select
        source,
        subscription_id,
        term_number,
        member_id,
        plan,
        interval_months,
        currency,
        price_minor,
        recurring_discount_minor,
        started_by,
        outcome,
        term_start,
        term_end,
        ended_day,
        renewed_day,
        counts_from,
        case
            when outcome = 'renewed' then greatest(ended_day, renewed_day)
            when outcome = 'in_grace' then {{ add_days('through_day', 1) }}
            else ended_day
        end as counts_until,
        is_paid,
        is_paid and outcome <> 'changed' and {{ add_days('term_end', grace_days()) }} <= through_day as is_due,
        mrr_minor
    from judged
)

select * from final
