{{ config(meta={'reach_days': 'lifetime'}) }}

with

content as (
    select * from {{ ref('stg_lake__content') }}
),

interactions as (
    select * from {{ ref('int_content__member_interactions') }}
),

published as (
    select
        published_day as day,
        kind,
        count(*) as n_published
    from content
    group by published_day, kind
),

used as (
    select
        interactions.day,
        content.kind,
        sum(interactions.n_reads) as n_reads,
        count(distinct case when interactions.n_reads > 0 then interactions.member_id end) as n_readers,
        sum(interactions.n_interactions) as n_interactions
    from interactions
    inner join content on interactions.content_id = content.content_id
    group by interactions.day, content.kind
),

merged as (
    select
        published.n_published,
        used.n_reads,
        used.n_readers,
        used.n_interactions,
        coalesce(published.kind, used.kind) as kind,
        coalesce(published.day, used.day) as day
    from published
    full outer join used on published.day = used.day and published.kind = used.kind
),

final as (
    select
        day,
        kind,
        cast(coalesce(n_published, 0) as bigint) as n_published,
        cast(coalesce(n_reads, 0) as bigint) as n_reads,
        cast(coalesce(n_readers, 0) as bigint) as n_readers,
        cast(coalesce(n_interactions, 0) as bigint) as n_interactions
    from merged
)

select * from final
