-- What members did with a piece of the content log: logged interactions, and the answers and comments that were written
-- under it. Both may be there of one day, in rows of their own: whoever reads them groups them anyway.
with

interactions as (
    select
        content_id,
        member_id,
        n_interactions,
        n_reads,
        cast(0 as bigint) as n_responses,
        n_completions,
        first_read_at,
        day
    from {{ ref('int_interactions__content_member_days') }}
),

content as (
    select * from {{ ref('stg_lake__content') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

replies as (
    select
        parent_id as content_id,
        author_id as member_id,
        cast(count(*) as bigint) as n_interactions,
        cast(0 as bigint) as n_reads,
        cast(count(*) as bigint) as n_responses,
        cast(0 as bigint) as n_completions,
        cast(null as timestamp) as first_read_at,
        published_day as day
    from content
    where parent_id is not null
    group by parent_id, author_id, published_day
),

unioned as (
    select * from interactions
    union all
    select * from replies
),

final as (
    select unioned.*
    from unioned
    inner join content on unioned.content_id = content.content_id
    left join excluded_spans
        on
            unioned.member_id = excluded_spans.member_id
            and unioned.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
)

select * from final
