{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        meta={'reach_days': 1},
    )
}}

with

act_days as (
    select * from {{ ref('int_acts__member_days') }}
    where member_id is not null and day in {{ days_to_build(1) }}
),

authored_days as (
    select * from {{ ref('int_content__member_days') }}
    where day in {{ days_to_build(1) }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

unioned as (
    select
        member_id,
        day,
        cast(0 as bigint) as n_contents,
        n_interactions,
        n_reads,
        n_asks,
        n_answers,
        n_comments,
        n_live_acts
    from act_days
    union all
    select
        member_id,
        day,
        n_contents,
        n_asks + n_answers + n_comments as n_interactions,
        cast(0 as bigint) as n_reads,
        n_asks,
        n_answers,
        n_comments,
        cast(0 as bigint) as n_live_acts
    from authored_days
),

summed as (
    select
        member_id,
        day,
        cast(sum(n_contents) as bigint) as n_contents,
        cast(sum(n_interactions) as bigint) as n_interactions,
        cast(sum(n_reads) as bigint) as n_reads,
        cast(sum(n_asks) as bigint) as n_asks,
        cast(sum(n_answers) as bigint) as n_answers,
        cast(sum(n_comments) as bigint) as n_comments,
        cast(sum(n_live_acts) as bigint) as n_live_acts
    from unioned
    group by member_id, day
),

counted as (
    select
        summed.*,
        summed.n_contents + summed.n_interactions > 0 as is_active,
        summed.n_interactions
        - summed.n_asks - summed.n_answers - summed.n_comments - summed.n_live_acts as n_reactions
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
        n_contents,
        n_interactions,
        n_reads,
        n_asks,
        n_answers,
        n_comments,
        n_reactions,
        n_live_acts,
        is_active,
        day
    from counted
)

select * from final
