with

latest as (
    {{ winning_versions(source('lake', 'content'), ['content_id'], 'content') }}
),

persons as (
    {{ by_person('latest', 'author_id') }}
),

final as (
    select
        source,
        content_id,
        occurred_at,
        kind,
        published_at,
        person_id as author_id,
        parent_id,
        root_id,
        channel,
        title,
        n_chars,
        tags,
        access,
        price_minor,
        accepted_answer_id,
        deleted_at,
        {{ local_day('published_at') }} as published_day,
        event_day,
        log_day
    from persons
)

select * from final
