with

content as (
    {{ known_versions(source('lake', 'content'), ['content_id']) }}
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
        known_from,
        known_to
    from content
    where op = 'upsert'
)

select * from final
