with

authored as (
    select * from {{ ref('int_content__authored') }}
),

final as (
    select
        member_id,
        cast(count(*) filter (where logged_kind is null) as bigint) as n_contents,
        cast(count(*) filter (where logged_kind = 'ask') as bigint) as n_asks,
        cast(count(*) filter (where logged_kind = 'answer') as bigint) as n_answers,
        cast(count(*) filter (where logged_kind = 'comment') as bigint) as n_comments,
        day
    from authored
    group by member_id, day
)

select * from final
