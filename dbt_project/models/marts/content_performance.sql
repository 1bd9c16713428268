with

content as (
    select * from {{ ref('stg_lake__content') }}
),

acts as (
    select * from {{ ref('int_content__member_acts') }}
),

summed as (
    select
        content_id,
        sum(n_reads) as n_reads,
        count(distinct member_id) filter (where n_reads > 0) as n_unique_readers,
        sum(n_interactions) as n_interactions,
        count(distinct member_id) filter (where n_interactions > 0) as n_interactors
    from acts
    group by content_id
),

final as (
    select
        content.content_id,
        content.kind,
        content.title,
        content.channel,
        content.author_id,
        content.published_day,
        cast(coalesce(summed.n_reads, 0) as bigint) as n_reads,
        cast(coalesce(summed.n_unique_readers, 0) as bigint) as n_unique_readers,
        cast(coalesce(summed.n_interactions, 0) as bigint) as n_interactions,
        cast(coalesce(summed.n_interactors, 0) as bigint) as n_interactors,
        cast(summed.n_interactions as double) / nullif(summed.n_unique_readers, 0) as interaction_rate
    from content
    left join summed on content.content_id = summed.content_id
    where content.deleted_at is null
)

select * from final
