{{ config(meta={'reach_days': 'lifetime'}) }}

with

interaction_days as (
    select * from {{ ref('int_interactions__member_days') }}
    where n_reads > 0
),

content as (
    select * from {{ ref('stg_lake__content') }}
),

reads as (
    select
        'reads' as fact,
        'interactions' as log,
        sum(n_reads) as n_rows,
        min(day) as first_day
    from interaction_days
),

contents as (
    select
        'contents' as fact,
        'content' as log,
        count(*) as n_rows,
        min(published_day) as first_day
    from content
    where kind in {{ in_list(var('content_kinds')) }}
),

accepted_answers as (
    select
        'accepted_answers' as fact,
        'content' as log,
        count(*) as n_rows,
        min(published_day) as first_day
    from content
    where accepted_answer_id is not null
),

unioned as (
    select * from reads
    union all
    select * from contents
    union all
    select * from accepted_answers
),

final as (
    select
        fact,
        log,
        first_day,
        cast(coalesce(n_rows, 0) as bigint) as n_rows,
        coalesce(n_rows, 0) > 0 as is_collected
    from unioned
)

select * from final
