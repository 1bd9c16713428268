{% set authored_interactions = var('authored_interactions') %}

with

content as (
    select * from {{ ref('int_churn_known_content') }}
),

-- Whoever did it, an interaction stands for the piece.
logged as (
    select
        interactions.content_id,
        interactions.kind,
        interactions.known_from,
        interactions.known_to
    from {{ ref('int_churn_logged') }} as interactions
    where
        interactions.kind in {{ in_list(authored_interactions.values() | sum(start=[])) }}
        and interactions.content_id in (select content.content_id from content)
),

-- Whether an interaction that stands for the piece is known, as steps: +1 where one becomes known, -1 where one is
-- withdrawn.
interaction_steps as (
    select distinct
        content_id,
        kind,
        cast('0001-01-01' as date) as day,
        0 as step
    from content
    where kind in {{ in_list(authored_interactions.keys()) }}
    {% for kind, logged_kinds in authored_interactions.items() %}
        union all
        select
            content_id,
            '{{ kind }}' as kind,
            known_from as day,
            1 as step
        from logged
        where kind in {{ in_list(logged_kinds) }}
        union all
        select
            content_id,
            '{{ kind }}' as kind,
            known_to as day,
            -1 as step
        from logged
        where kind in {{ in_list(logged_kinds) }}
    {% endfor %}
),

interaction_counts as (
    select
        content_id,
        kind,
        day,
        sum(step) as step
    from interaction_steps
    group by content_id, kind, day
),

spans as (
    select
        content_id,
        kind,
        day as span_from,
        sum(step) over (partition by content_id, kind order by day rows unbounded preceding) as n_known,
        coalesce(lead(day) over (partition by content_id, kind order by day), cast('9999-12-31' as date)) as span_to
    from interaction_counts
),

derived as (
    select
        content.author_id as member_id,
        content.published_day as day,
        case content.kind
            {% for kind, logged_kinds in authored_interactions.items() %}
                when '{{ kind }}' then '{{ logged_kinds[0] }}'
            {% endfor %}
        end as kind,
        content.content_id,
        content.channel,
        greatest(content.known_from, spans.span_from) as known_from,
        least(content.known_to, spans.span_to) as known_to
    from content
    inner join spans
        on
            content.content_id = spans.content_id
            and content.kind = spans.kind
            and spans.n_known = 0
            and content.known_to > spans.span_from
            and content.known_from < spans.span_to
),

contents as (
    select
        author_id as member_id,
        published_day as day,
        kind,
        content_id,
        channel,
        known_from,
        known_to
    from content
    where kind in {{ in_list(var('content_kinds')) }}
),

united as (
    select * from derived
    union all
    select * from contents
),

final as (
    select * from united
    where member_id is not null
)

select * from final
