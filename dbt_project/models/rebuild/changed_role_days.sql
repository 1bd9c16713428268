-- Only members whose excluded spans changed are looked up in the history, which is read only where there are any.
with

spans as (
    select
        member_id,
        from_day,
        to_day
    from {{ ref('int_members__excluded_spans') }}
),

completed as (
    select
        member_id,
        from_day,
        to_day
    from {{ source('state', 'completed_excluded_spans') }}
),

changed_spans as (
    select
        coalesce(spans.member_id, completed.member_id) as member_id,
        spans.member_id is null or completed.member_id is null as is_changed
    from spans
    full outer join completed
        on
            spans.member_id = completed.member_id
            and spans.from_day = completed.from_day
            and spans.to_day = completed.to_day
),

changed_members as (
    select distinct member_id
    from changed_spans
    where is_changed
),

interaction_days as (
    select
        interactions.member_id,
        interactions.day
    from {{ ref('int_interactions__member_days') }} as interactions
    inner join changed_members on interactions.member_id = changed_members.member_id
),

authored_days as (
    select
        authored.member_id,
        authored.day
    from {{ ref('int_content__member_days') }} as authored
    inner join changed_members on authored.member_id = changed_members.member_id
),

event_days as (
    select
        event_interactions.member_id,
        event_interactions.day
    from {{ ref('int_events__member_days') }} as event_interactions
    inner join changed_members on event_interactions.member_id = changed_members.member_id
),

their_days as (
    select * from interaction_days
    union
    select * from authored_days
    union
    select * from event_days
),

final as (
    select distinct their_days.day
    from their_days
    left join spans
        on
            their_days.member_id = spans.member_id
            and their_days.day between spans.from_day and spans.to_day
    left join completed
        on
            their_days.member_id = completed.member_id
            and their_days.day between completed.from_day and completed.to_day
    where (spans.member_id is null) <> (completed.member_id is null)
)

select * from final
