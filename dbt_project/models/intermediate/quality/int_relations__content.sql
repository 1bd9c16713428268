{% set rules = [
    'member_unknown', 'after_erasure', 'parent_unknown', 'root_unknown', 'parent_of_another_thread',
    'reply_before_parent', 'answer_to_no_question', 'accepted_unknown', 'accepted_no_answer', 'accepted_of_another'
] %}

with

members as (
    {{ known_members() }}
),

content as (
    {{ with_news(ref('stg_lake__content'), 'content') }}
),

judged as (
    select
        content.log_day,
        content.content_id as row_key,
        content.is_new or parents.is_new or roots.is_new or accepted.is_new as is_new,
        case
            when content.author_id is not null and {{ has_rows('members') }} then members.member_id is null
        end as member_unknown,
        content.published_day > members.erased_day as after_erasure,
        case when content.parent_id is not null then parents.content_id is null end as parent_unknown,
        case when content.root_id is not null then roots.content_id is null end as root_unknown,
        coalesce(parents.root_id, parents.content_id) <> content.root_id as parent_of_another_thread,
        content.published_day < parents.published_day as reply_before_parent,
        case
            when content.kind = 'answer' then parents.kind not in ('question', 'answer', 'comment')
        end as answer_to_no_question,
        case
            when content.accepted_answer_id is not null then accepted.content_id is null
        end as accepted_unknown,
        accepted.kind <> 'answer' as accepted_no_answer,
        accepted.parent_id <> content.content_id as accepted_of_another
    from content
    left join members on content.author_id = members.member_id
    left join content as parents on content.parent_id = parents.content_id
    left join content as roots on content.root_id = roots.content_id
    left join content as accepted on content.accepted_answer_id = accepted.content_id
),

counted as (
    {{ count_broken('judged', rules) }}
),

final as (
    {{ list_broken('counted', 'content', rules) }}
)

select * from final
