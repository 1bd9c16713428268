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
        content.content_id,
        content.author_id as member_id,
        interactions.logged_kind,
        content.published_at,
        content.published_day as day
    from content
    inner join interactions on content.kind = interactions.content_kind and interactions.is_derived
    left join logged_pieces on content.content_id = logged_pieces.content_id
    where logged_pieces.content_id is null
),

pieces as (
    select
        content_id,
        author_id as member_id,
        cast(null as string) as logged_kind,
        published_at,
        published_day as day
    from content
    where kind in {{ in_list(var('content_kinds')) }}
),

final as (
    select * from derived
    union all
    select * from pieces
)

select * from final
