{% set needs = var('need_interactions') | map(attribute='need') | list %}

with

members as (
    select * from {{ ref('stg_lake__members') }}
    where needs is not null
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
    where needs is not null
),

unioned as (
    select
        member_id,
        event_day,
        occurred_at,
        needs,
        concat('|', replace(lower(needs), ' ', ''), '|') as named,
        'members' as log,
        source,
        account_id as statement_id
    from members
    union all
    select
        member_id,
        event_day,
        occurred_at,
        needs,
        concat('|', replace(lower(needs), ' ', ''), '|') as named,
        'feedback' as log,
        source,
        feedback_id as statement_id
    from feedback
),

known as (
    select
        {% for need in needs %}
            unioned.named like '%|{{ need }}|%' as has_{{ need }},
        {% endfor %}
        unioned.*
    from unioned
),

-- An answer in words that are no needs says nothing; one a day, the last.
ranked as (
    select
        *,
        row_number() over (
            partition by member_id, event_day
            order by occurred_at desc, log asc, source asc, statement_id asc
        ) as statement_rank
    from known
    where has_{{ needs | join(' or has_') }}
),

final as (
    select
        member_id,
        needs,
        {% for need in needs %}
            has_{{ need }},
        {% endfor %}
        event_day as from_day,
        coalesce(
            {{ add_days('lead(event_day) over (partition by member_id order by event_day)', -1) }},
            cast('9999-12-31' as date)
        ) as to_day
    from ranked
    where statement_rank = 1
)

select * from final
