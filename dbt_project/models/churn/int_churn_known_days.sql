{% set counts = ['n_contents', 'n_interactions', 'n_replies', 'n_starts', 'n_reads'] %}

with

interactions as (
    select * from {{ ref('int_churn_known_interactions') }}
),

event_interactions as (
    select * from {{ ref('int_churn_known_participation') }}
),

known as (
    select
        member_id,
        day,
        kind,
        known_from,
        known_to
    from interactions
    union all
    select
        member_id,
        day,
        kind,
        known_from,
        known_to
    from event_interactions
),

-- What becomes known of a day adds to its counts, what ceases to hold takes away from them.
changes as (
    select
        member_id,
        day,
        kind,
        known_from as changed_on,
        1 as step
    from known
    union all
    select
        member_id,
        day,
        kind,
        known_to as changed_on,
        -1 as step
    from known
    where known_to < cast('9999-12-31' as date)
),

steps as (
    select
        member_id,
        day,
        changed_on,
        sum(case when kind in {{ in_list(var('content_kinds')) }} then step else 0 end) as n_contents,
        sum(
            case when kind in {{ in_list(var('content_kinds') + var('read_kinds')) }} then 0 else step end
        ) as n_interactions,
        sum(case when kind in ('reply', 'answer', 'comment') then step else 0 end) as n_replies,
        sum(case when kind in {{ in_list(['ask'] + var('content_kinds')) }} then step else 0 end) as n_starts,
        sum(case when kind in {{ in_list(var('read_kinds')) }} then step else 0 end) as n_reads
    from changes
    group by member_id, day, changed_on
),

spans as (
    select
        member_id,
        day,
        changed_on as known_from,
        {% for count in counts %}
            cast(sum({{ count }}) over known_changes as bigint) as {{ count }},
        {% endfor %}
        coalesce(
            lead(changed_on) over (partition by member_id, day order by changed_on), cast('9999-12-31' as date)
        ) as known_to
    from steps
    window known_changes as (partition by member_id, day order by changed_on rows unbounded preceding)
),

final as (
    select * from spans
    where n_contents + n_interactions + n_reads > 0
)

select * from final
