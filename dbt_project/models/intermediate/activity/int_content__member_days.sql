with

content as (
    select * from {{ ref('stg_lake__content') }}
    where author_id is not null
),

logged as (
    select * from {{ ref('int_interactions__authoring') }}
),

-- The interaction that a piece stands for where none was logged; an interaction logged on any day counts instead.
interactions as (
    select
        authored.kind as content_kind,
        authored.logged_kind,
        authored.is_derived
    from (
        values
        {%- for content_kind, logged_kinds in var('authored_interactions').items() %}
            {%- set outer_last = loop.last %}
            {%- for logged_kind in logged_kinds %}
                ('{{ content_kind }}', '{{ logged_kind }}', {{ loop.first | lower }})
                {{- ',' if not (loop.last and outer_last) }}
            {%- endfor %}
        {%- endfor %}
    ) as authored (kind, logged_kind, is_derived)
),

logged_pieces as (
    select distinct content.content_id
    from content
    inner join interactions on content.kind = interactions.content_kind
    inner join logged on content.content_id = logged.content_id and interactions.logged_kind = logged.kind
),

derived as (
    select
        content.author_id as member_id,
        content.published_day as day,
        interactions.logged_kind
    from content
    inner join interactions on content.kind = interactions.content_kind and interactions.is_derived
    left join logged_pieces on content.content_id = logged_pieces.content_id
    where logged_pieces.content_id is null
),

pieces as (
    select
        author_id as member_id,
        published_day as day,
        cast(null as varchar) as logged_kind
    from content
    where kind in {{ in_list(var('content_kinds')) }}
),

unioned as (
    select * from derived
    union all
    select * from pieces
),

final as (
    select
        member_id,
        cast(count(*) filter (where logged_kind is null) as bigint) as n_contents,
        cast(count(*) filter (where logged_kind = 'ask') as bigint) as n_asks,
        cast(count(*) filter (where logged_kind = 'answer') as bigint) as n_answers,
        cast(count(*) filter (where logged_kind = 'comment') as bigint) as n_comments,
        day
    from unioned
    group by member_id, day
)

select * from final
