with

trials as (
    select * from {{ ref('subscription_terms') }}
    where started_by = 'trial' and not is_paid
),

paid_terms as (
    select
        *,
        row_number() over (partition by source, subscription_id order by term_start) as paid_rank
    from {{ ref('int_subscriptions__terms') }}
    where is_paid
),

build as (
    select through_day from {{ source('control', 'build') }}
),

-- The renewal of a subscription that was paid before the trial is no answer to it.
followed as (
    select
        trials.source,
        trials.subscription_id,
        trials.term_number,
        paid_terms.plan,
        paid_terms.currency,
        paid_terms.price_minor,
        paid_terms.mrr_minor,
        paid_terms.counts_from as paid_day,
        row_number() over (
            partition by trials.source, trials.subscription_id, trials.term_number
            order by paid_terms.counts_from, paid_terms.source, paid_terms.subscription_id, paid_terms.term_start
        ) as paid_order
    from trials
    inner join paid_terms
        on
            trials.member_id = paid_terms.member_id
            and trials.term_start <= paid_terms.counts_from
            and (
                paid_terms.paid_rank = 1
                or (trials.source = paid_terms.source and trials.subscription_id = paid_terms.subscription_id)
            )
),

first_paid_days as (
    select
        member_id,
        min(counts_from) as day
    from paid_terms
    group by member_id
),

judged as (
    select
        trials.source,
        trials.subscription_id,
        trials.term_number,
        trials.member_id,
        trials.plan,
        trials.outcome,
        followed.plan as paid_plan,
        followed.currency as paid_currency,
        followed.price_minor as paid_price_minor,
        followed.mrr_minor as paid_mrr_minor,
        trials.term_start,
        trials.term_end,
        trials.ended_day,
        followed.paid_day,
        coalesce(first_paid_days.day < trials.term_start, false) as has_paid_before,
        row_number() over (
            partition by trials.member_id
            order by trials.term_start, trials.source, trials.subscription_id, trials.term_number
        ) = 1 as is_first_trial,
        coalesce(followed.paid_day <= {{ add_days('trials.term_end', grace_days()) }}, false) as is_paid_in_time,
        {{ add_days('trials.term_end', grace_days()) }} <= build.through_day as is_judged
    from trials
    cross join build
    left join followed
        on
            trials.source = followed.source
            and trials.subscription_id = followed.subscription_id
            and trials.term_number = followed.term_number
            and followed.paid_order = 1
    left join first_paid_days on trials.member_id = first_paid_days.member_id
),

final as (
    select
        source,
        subscription_id,
        term_number,
        member_id,
        plan,
        case
            when is_paid_in_time then 'converted'
            when not is_judged then 'open'
            else outcome
        end as outcome,
        case when is_judged then is_paid_in_time end as is_converted,
        is_first_trial,
        has_paid_before,
        paid_plan,
        paid_currency,
        paid_price_minor,
        paid_mrr_minor,
        {{ days_since('paid_day', 'term_start') }} as days_to_paid,
        term_end,
        ended_day,
        paid_day,
        term_start
    from judged
)

select * from final
