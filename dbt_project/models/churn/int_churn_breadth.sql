with

members as (
    select
        member_id,
        as_of_day
    from {{ ref('int_churn_members') }}
    where is_active or is_due
),

window_days as (
    {{ days_before_features(30) }}
),

interactions as (
    select distinct
        member_id,
        day,
        channel,
        content_id,
        known_from,
        known_to
    from {{ ref('int_churn_known_interactions') }}
    where day in (select window_days.day from window_days)
),

content as (
    select
        content_id,
        thread_id,
        known_from,
        known_to
    from {{ ref('int_churn_known_content') }}
),

in_window as (
    select distinct
        members.member_id,
        members.as_of_day,
        interactions.channel,
        interactions.content_id
    from members
    inner join interactions
        on
            members.member_id = interactions.member_id
            and members.as_of_day >= interactions.day
            and interactions.day > {{ add_days('members.as_of_day', -30) }}
            and members.as_of_day >= interactions.known_from
            and members.as_of_day < interactions.known_to
),

-- A piece names what opened its thread, or only what it replies to: a comment its answer, the answer its question. Of a
-- piece that is not known nothing is known but itself.
threads as (
    select
        in_window.member_id,
        in_window.as_of_day,
        in_window.channel,
        coalesce(openers.thread_id, pieces.thread_id, in_window.content_id) as thread_id
    from in_window
    left join content as pieces
        on
            in_window.content_id = pieces.content_id
            and in_window.as_of_day >= pieces.known_from
            and in_window.as_of_day < pieces.known_to
    left join content as openers
        on
            pieces.thread_id = openers.content_id
            and in_window.as_of_day >= openers.known_from
            and in_window.as_of_day < openers.known_to
),

final as (
    select
        member_id,
        as_of_day,
        count(distinct channel) as channels_30,
        count(distinct thread_id) as threads_30
    from threads
    group by member_id, as_of_day
)

select * from final
