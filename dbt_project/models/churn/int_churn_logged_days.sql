{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'interactions'},
    )
}}

{% set counts = ['n_contents', 'n_interactions', 'n_replies', 'n_starts', 'n_reads'] %}

with

logged as (
    select * from {{ ref('int_churn_logged') }}
    where day in {{ days_to_build('interactions') }} and member_id is not null
),

-- What becomes known of a day adds to its counts, what ceases to hold takes away from them.
changes as (
    select
        member_id,
        day,
        kind,
        known_from as changed_on,
        1 as step
    from logged
    union all
    select
        member_id,
        day,
        kind,
        known_to as changed_on,
        -1 as step
    from logged
    where known_to < cast('9999-12-31' as date)
),

steps as (
    select
        member_id,
        day,
        changed_on,
        {{ count_kinds('step') }}
    from changes
    group by member_id, day, changed_on
),

spans as (
    select
        member_id,
        changed_on as known_from,
        {% for count in counts %}
            cast(sum({{ count }}) over known_changes as bigint) as {{ count }},
        {% endfor %}
        coalesce(
            lead(changed_on) over (partition by member_id, day order by changed_on), cast('9999-12-31' as date)
        ) as known_to,
        day
    from steps
    window known_changes as (partition by member_id, day order by changed_on rows unbounded preceding)
),

final as (
    select * from spans
    where n_contents + n_interactions + n_reads > 0
)

select * from final
