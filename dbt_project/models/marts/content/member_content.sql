{{ config(meta={'reach_days': 'lifetime'}) }}

with

interactions as (
    select * from {{ ref('int_content__member_interactions') }}
    where member_id is not null
),

content as (
    select content_id from {{ ref('stg_lake__content') }}
),

collected_reads as (
    select is_collected from {{ ref('collected_facts') }}
    where fact = 'reads'
),

summed as (
    select
        member_id,
        content_id,
        sum(n_reads) as n_reads,
        sum(n_interactions) as n_interactions,
        sum(n_responses) as n_responses,
        sum(n_completions) as n_completions,
        min(first_read_at) as first_read_at,
        min(day) filter (where n_reads > 0) as first_read_day,
        max(day) filter (where n_reads > 0) as last_read_day,
        min(day) filter (where n_interactions > 0) as first_interaction_day,
        max(day) filter (where n_interactions > 0) as last_interaction_day
    from interactions
    group by member_id, content_id
),

final as (
    select
        summed.member_id,
        summed.content_id,
        cast(case when collected_reads.is_collected then summed.n_reads end as bigint) as n_reads,
        cast(summed.n_interactions as bigint) as n_interactions,
        cast(summed.n_responses as bigint) as n_responses,
        cast(summed.n_completions as bigint) as n_completions,
        summed.first_read_at,
        summed.first_read_day,
        summed.last_read_day,
        summed.first_interaction_day,
        summed.last_interaction_day
    from summed
    inner join content on summed.content_id = content.content_id
    cross join collected_reads
)

select * from final
