{% set counts = ['n_contents', 'n_interactions', 'n_replies', 'n_starts', 'n_reads'] %}

with

logged_days as (
    select * from {{ ref('int_churn_logged_days') }}
),

logged as (
    {{ known_by_person('logged_days', ['day'] + counts) }}
),

acts as (
    select
        member_id,
        day,
        kind,
        known_from,
        known_to
    from {{ ref('int_churn_authored') }}
    union all
    select
        member_id,
        day,
        kind,
        known_from,
        known_to
    from {{ ref('int_churn_known_participation') }}
),

others as (
    select
        member_id,
        day,
        known_from,
        known_to,
        {{ count_kinds(1) }}
    from acts
    group by member_id, day, known_from, known_to
),

{% for step in ['logged', 'others'] %}
    {{ step }}_counts as (
        select
            member_id,
            day,
            {% for count in counts %}
                cast({{ count }} as bigint) as {{ count }},
            {% endfor %}
            known_from,
            known_to
        from {{ step }}
    ),
{% endfor %}

final as (
    select * from logged_counts
    union all
    select * from others_counts
)

select * from final
