with

content as (
    select * from {{ ref('stg_lake__content') }}
),

acts as (
    select * from {{ ref('int_content__member_acts') }}
),

published as (
    select
        published_day as day,
        kind,
        cast(1 as bigint) as n_published,
        cast(0 as bigint) as n_reads,
        cast(0 as bigint) as n_interactions
    from content
),

used as (
    select
        acts.day,
        content.kind,
        cast(0 as bigint) as n_published,
        acts.n_reads,
        acts.n_interactions
    from acts
    inner join content on acts.content_id = content.content_id
),

unioned as (
    select * from published
    union all
    select * from used
),

final as (
    select
        day,
        kind,
        cast(sum(n_published) as bigint) as n_published,
        cast(sum(n_reads) as bigint) as n_reads,
        cast(sum(n_interactions) as bigint) as n_interactions
    from unioned
    group by day, kind
)

select * from final
