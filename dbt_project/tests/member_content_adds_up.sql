-- No read or interaction of a member is lost or counted twice, and readers of pieces are those of their figures.
with

content as (
    select
        content_id,
        deleted_at is null as is_standing
    from {{ ref('stg_lake__content') }}
),

interactions as (
    select
        coalesce(sum(interactions.n_reads), 0) as n_reads,
        coalesce(sum(interactions.n_interactions), 0) as n_interactions
    from {{ ref('int_content__member_interactions') }} as interactions
    inner join content on interactions.content_id = content.content_id
    where interactions.member_id is not null
),

pieces as (
    select
        coalesce(sum(n_unique_readers), 0) as n_readers,
        coalesce(sum(n_interactors), 0) as n_interactors
    from {{ ref('content_performance') }}
),

members as (
    select
        coalesce(sum(member_content.n_reads), 0) as n_reads,
        coalesce(sum(member_content.n_interactions), 0) as n_interactions,
        count(*) filter (where content.is_standing and member_content.n_reads > 0) as n_readers,
        count(*) filter (where content.is_standing and member_content.n_interactions > 0) as n_interactors,
        count(*) filter (
            where
            member_content.first_read_day > member_content.last_read_day
            or member_content.first_interaction_day > member_content.last_interaction_day
            or member_content.n_interactions < member_content.n_responses + member_content.n_completions
        ) as n_impossible
    from {{ ref('member_content') }} as member_content
    inner join content on member_content.content_id = content.content_id
)

select
    members.n_reads,
    interactions.n_reads as n_reads_before,
    members.n_interactions,
    interactions.n_interactions as n_interactions_before,
    members.n_readers,
    pieces.n_readers as n_readers_of_pieces,
    members.n_interactors,
    pieces.n_interactors as n_interactors_of_pieces,
    members.n_impossible
from members
cross join interactions
cross join pieces
where
    members.n_reads <> interactions.n_reads
    or members.n_interactions <> interactions.n_interactions
    or members.n_readers <> pieces.n_readers
    or members.n_interactors <> pieces.n_interactors
    or members.n_impossible > 0
