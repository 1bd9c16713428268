-- Each first response of answer_times is one reply, by the same person and at the same moment, and no other reply is
-- called one. Nobody replies to themselves, and no interaction counts beside a reply of the same two on that day by the
-- content log.
with

answer_times as (
    select * from {{ ref('answer_times') }}
    where first_response_id is not null
),

replies as (
    select * from {{ ref('replies') }}
),

first_replies as (
    select * from replies
    where is_first_response
),

disagreeing as (
    select coalesce(answer_times.first_response_id, first_replies.reply_id) as reply_id
    from answer_times
    full outer join first_replies
        on
            answer_times.first_response_id = first_replies.reply_id
            and answer_times.first_responder_id is not distinct from first_replies.member_id
            and answer_times.first_response_at = first_replies.replied_at
    where answer_times.first_response_id is null or first_replies.reply_id is null
),

counted_twice as (
    select of_interactions.reply_id
    from replies as of_interactions
    inner join replies as of_content
        on
            of_interactions.member_id = of_content.member_id
            and of_interactions.replied_to_id = of_content.replied_to_id
            and of_interactions.day = of_content.day
    where of_interactions.log = 'interactions' and of_content.log = 'content'
)

select reply_id from disagreeing
union all
select reply_id from counted_twice
union all
select reply_id from replies
where member_id is not distinct from replied_to_id
