{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        meta={'reach_days': 1},
    )
}}

with

interaction_days as (
    select * from {{ ref('int_interactions__member_days') }}
    where member_id is not null and day in {{ days_to_build(1) }}
),

authored_days as (
    select * from {{ ref('int_content__member_days') }}
    where day in {{ days_to_build(1) }}
),

event_days as (
    select * from {{ ref('int_events__member_days') }}
    where day in {{ days_to_build(1) }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

-- Each side has a member and day once, and few days have both: a join with the smaller side is cheaper than a grouping.
derived_days as (
    select
        coalesce(authored_days.member_id, event_days.member_id) as member_id,
        coalesce(authored_days.day, event_days.day) as day,
        coalesce(authored_days.n_contents, 0) as n_contents,
        coalesce(authored_days.n_asks, 0) as n_asks,
        coalesce(authored_days.n_answers, 0) as n_answers,
        coalesce(authored_days.n_comments, 0) as n_comments,
        coalesce(event_days.n_event_acts, 0) as n_event_acts
    from authored_days
    full outer join event_days
        on authored_days.member_id = event_days.member_id and authored_days.day = event_days.day
),

summed as (
    select
        coalesce(interaction_days.member_id, derived_days.member_id) as member_id,
        coalesce(interaction_days.day, derived_days.day) as day,
        coalesce(derived_days.n_contents, 0) as n_contents,
        coalesce(interaction_days.n_interactions, 0) + coalesce(
            derived_days.n_asks + derived_days.n_answers + derived_days.n_comments + derived_days.n_event_acts, 0
        ) as n_interactions,
        coalesce(interaction_days.n_reads, 0) as n_reads,
        coalesce(interaction_days.n_asks, 0) + coalesce(derived_days.n_asks, 0) as n_asks,
        coalesce(interaction_days.n_answers, 0) + coalesce(derived_days.n_answers, 0) as n_answers,
        coalesce(interaction_days.n_comments, 0) + coalesce(derived_days.n_comments, 0) as n_comments,
        coalesce(interaction_days.n_live_acts, 0) as n_live_acts,
        coalesce(derived_days.n_event_acts, 0) as n_event_acts
    from interaction_days
    full outer join derived_days
        on interaction_days.member_id = derived_days.member_id and interaction_days.day = derived_days.day
),

counted as (
    select
        summed.*,
        summed.n_contents + summed.n_interactions > 0 as is_active,
        summed.n_interactions
        - summed.n_asks - summed.n_answers - summed.n_comments - summed.n_live_acts - summed.n_event_acts as n_reactions
    from summed
    left join excluded_spans
        on
            summed.member_id = excluded_spans.member_id
            and summed.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

final as (
    select
        member_id,
        day,
        n_contents,
        n_interactions,
        n_reads,
        n_asks,
        n_answers,
        n_comments,
        n_reactions,
        n_live_acts,
        n_event_acts,
        is_active
    from counted
)

select * from final
