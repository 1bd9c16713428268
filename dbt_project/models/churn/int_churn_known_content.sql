with

versions as (
    {{ known_versions(source('lake', 'content'), ['content_id'], 'content') }}
),

upserts as (
    select * from versions
    where op = 'upsert'
),

content as (
    {{
        known_by_person(
            'upserts', ['content_id', 'kind', 'parent_id', 'root_id', 'channel', 'published_at', 'deleted_at'], ['author_id']
        )
    }}
),

final as (
    select
        content_id,
        kind,
        author_id,
        parent_id,
        coalesce(root_id, parent_id, content_id) as thread_id,
        channel,
        {{ local_day('published_at') }} as published_day,
        {{ local_day('deleted_at') }} as deleted_day,
        known_from,
        known_to
    from content
)

select * from final
