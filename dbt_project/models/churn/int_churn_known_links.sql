with

window_days as (
    {{ days_before_features(180) }}
),

interactions as (
    select * from {{ ref('int_churn_known_interactions') }}
),

content as (
    select * from {{ ref('int_churn_known_content') }}
),

named as (
    select
        member_id,
        target_member_id as other_member_id,
        day,
        known_from,
        known_to
    from interactions
    where target_member_id is not null
),

-- The author of the piece acted on; where that is the actor's own reply, the author of what it replies to.
on_pieces as (
    select
        interactions.member_id,
        content.author_id as other_member_id,
        interactions.day,
        greatest(interactions.known_from, content.known_from) as known_from,
        least(interactions.known_to, content.known_to) as known_to
    from interactions
    inner join content on interactions.content_id = content.content_id
),

on_parents as (
    select
        replies.author_id as member_id,
        parents.author_id as other_member_id,
        replies.published_day as day,
        greatest(replies.known_from, parents.known_from) as known_from,
        least(replies.known_to, parents.known_to) as known_to
    from content as replies
    inner join content as parents on replies.parent_id = parents.content_id
    where replies.published_day in (select window_days.day from window_days)
),

united as (
    select * from named
    union all
    select * from on_pieces
    union all
    select * from on_parents
),

final as (
    select distinct
        member_id,
        other_member_id,
        day,
        known_from,
        known_to
    from united
    where known_from < known_to and member_id <> other_member_id
)

select * from final
