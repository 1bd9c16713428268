with

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

final as (
    select
        terms.source,
        terms.subscription_id,
        terms.term_number,
        terms.member_id,
        terms.plan,
        terms.interval_months,
        terms.currency,
        terms.price_minor,
        terms.recurring_discount_minor,
        terms.mrr_minor,
        terms.started_by,
        terms.outcome,
        terms.is_paid,
        terms.is_due,
        terms.term_end,
        terms.ended_day,
        terms.renewed_day,
        terms.term_start
    from terms
    left join excluded_spans
        on
            terms.member_id = excluded_spans.member_id
            and terms.term_start between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
)

select * from final
