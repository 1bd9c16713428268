with

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
    where is_paid and counts_from < counts_until
),

-- A term that begins within the grace period of all terms before it goes on with them.
marked as (
    select
        *,
        case
            when counts_from <= {{ add_days('max(counts_until) over earlier_terms', grace_days()) }} then 0
            else 1
        end as is_new_span
    from terms
    window earlier_terms as (
        partition by member_id
        order by counts_from, counts_until, source, subscription_id, term_start
        rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        *,
        sum(is_new_span) over (
            partition by member_id
            order by counts_from, counts_until, source, subscription_id, term_start
            rows between unbounded preceding and current row
        ) as span_number
    from marked
),

final as (
    select
        member_id,
        cast(span_number as bigint) as span_number,
        min(counts_from) as from_day,
        max(counts_until) as until_day
    from numbered
    group by member_id, span_number
)

select * from final
