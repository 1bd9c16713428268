with

content as (
    select * from {{ ref('stg_lake__content') }}
    where author_id is not null
),

logged as (
    select * from {{ ref('int_acts__authoring') }}
),

-- The act that a piece stands for where none was logged; an act logged on any day counts instead.
acts as (
    select
        authored.kind as content_kind,
        authored.act,
        authored.is_derived
    from (
        values
        {%- for content_kind, acts in var('authored_acts').items() %}
            {%- set outer_last = loop.last %}
            {%- for act in acts %}
                ('{{ content_kind }}', '{{ act }}', {{ loop.first | lower }}){{ ',' if not (loop.last and outer_last) }}
            {%- endfor %}
        {%- endfor %}
    ) as authored (kind, act, is_derived)
),

logged_pieces as (
    select distinct content.content_id
    from content
    inner join acts on content.kind = acts.content_kind
    inner join logged on content.content_id = logged.content_id and acts.act = logged.kind
),

derived as (
    select
        content.author_id as member_id,
        content.published_day as day,
        acts.act
    from content
    inner join acts on content.kind = acts.content_kind and acts.is_derived
    left join logged_pieces on content.content_id = logged_pieces.content_id
    where logged_pieces.content_id is null
),

pieces as (
    select
        author_id as member_id,
        published_day as day,
        cast(null as varchar) as act
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
        cast(count(*) filter (where act is null) as bigint) as n_contents,
        cast(count(*) filter (where act = 'ask') as bigint) as n_asks,
        cast(count(*) filter (where act = 'answer') as bigint) as n_answers,
        cast(count(*) filter (where act = 'comment') as bigint) as n_comments,
        day
    from unioned
    group by member_id, day
)

select * from final
