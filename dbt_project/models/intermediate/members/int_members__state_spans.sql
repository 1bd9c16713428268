{% set tracked = ['role', 'status', 'plan', 'needs', 'locale', 'referrer'] %}

-- Before its first state a member has that state, as in int_members__excluded_spans.
with

members as (
    select * from {{ ref('stg_lake__members') }}
),

ranked as (
    select
        *,
        min(joined_day) over (partition by member_id) as first_joined_day,
        row_number() over (
            partition by member_id, event_day order by occurred_at desc, source asc, account_id asc
        ) as state_rank
    from members
),

compared as (
    select
        *,
        {% for column in tracked %}
            lag({{ column }}) over (partition by member_id order by event_day) as previous_{{ column }},
        {% endfor %}
        lag(event_day) over (partition by member_id order by event_day) as previous_day
    from ranked
    where state_rank = 1
),

starts as (
    select
        *,
        lead(event_day) over (partition by member_id order by event_day) as next_day
    from compared
    where
        previous_day is null
        {% for column in tracked %}
            or {{ column }} is distinct from previous_{{ column }}
        {% endfor %}
),

final as (
    select
        member_id,
        {% for column in tracked %}
            {{ column }},
        {% endfor %}
        first_joined_day as joined_day,
        event_day as stated_day,
        case when previous_day is null then cast('0001-01-01' as date) else event_day end as from_day,
        coalesce({{ add_days('next_day', -1) }}, cast('9999-12-31' as date)) as to_day
    from starts
)

select * from final
