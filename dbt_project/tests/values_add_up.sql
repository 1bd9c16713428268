-- Tickets, members and cohorts hold every payment that is theirs once, to the minor unit and per currency.
with

payments as (
    select * from {{ ref('payments') }}
),

summed as (
    {% for kind in ['subscription', 'content', 'event', 'other'] %}
        select
            '{{ kind }} of members' as part,
            currency,
            sum(net_minor) as net_minor,
            cast(0 as bigint) as shown_minor
        from payments
        where paid_for = '{{ kind }}'
        group by currency
        union all
        select
            '{{ kind }} of members' as part,
            currency,
            0 as net_minor,
            {{ kind }}_net_minor as shown_minor
        from {{ ref('member_value') }}
        union all
    {% endfor %}
    select
        'all of members' as part,
        currency,
        sum(net_minor) as net_minor,
        0 as shown_minor
    from payments
    group by currency
    union all
    select
        'all of members' as part,
        currency,
        0 as net_minor,
        net_minor as shown_minor
    from {{ ref('member_value') }}
    union all
    {% for column in ['gross_minor', 'refund_minor', 'fee_minor', 'net_minor'] %}
        select
            '{{ column }} of events' as part,
            currency,
            sum({{ column }}) as net_minor,
            0 as shown_minor
        from payments
        where paid_for = 'event'
        group by currency
        union all
        select
            '{{ column }} of events' as part,
            currency,
            0 as net_minor,
            {{ column }} as shown_minor
        from {{ ref('event_sales') }}
        union all
    {% endfor %}
    select
        'cohorts of ' || age_months as part,
        currency,
        net_minor + 1000 * n_members + 1000000 * n_payers as net_minor,
        0 as shown_minor
    from {{ ref('cohort_value') }}
    where dimension = 'all'
    union all
    select
        'cohorts of ' || age_months as part,
        currency,
        0 as net_minor,
        net_minor + 1000 * n_members + 1000000 * n_payers as shown_minor
    from {{ ref('cohort_value') }}
    where dimension = 'cohort_month'
)

select
    part,
    currency,
    sum(net_minor) as paid_minor,
    sum(shown_minor) as value_minor
from summed
group by part, currency
having sum(net_minor) <> sum(shown_minor)
