{% set authored_interactions = var('authored_interactions') %}

with

members as (
    select
        member_id,
        as_of_day
    from {{ ref('int_churn_members') }}
    where is_active or is_due
),

interactions as (
    select * from {{ ref('int_churn_known_interactions') }}
    where kind = 'ask' and content_id is not null
),

content as (
    select * from {{ ref('int_churn_known_content') }}
),

questions as (
    select distinct
        members.member_id,
        members.as_of_day,
        interactions.content_id,
        {{ days_since('members.as_of_day', 'interactions.day') }} as age
    from members
    inner join interactions
        on
            members.member_id = interactions.member_id
            and members.as_of_day >= interactions.day
            and interactions.day > {{ add_days('members.as_of_day', -90) }}
            and members.as_of_day >= interactions.known_from
            and members.as_of_day < interactions.known_to
),

logged as (
    select * from {{ ref('int_churn_logged') }}
    where
        member_id is not null
        and kind in {{ in_list(authored_interactions['answer'] + authored_interactions['comment']) }}
        and content_id in (select questions.content_id from questions)
),

logged_responses as (
    {{ known_by_person('logged', ['day', 'content_id']) }}
),

-- An interaction of asking may lie on a piece that is no question, and a question may have been taken down.
closed as (
    select distinct
        questions.as_of_day,
        questions.content_id
    from questions
    inner join content
        on
            questions.content_id = content.content_id
            and questions.as_of_day >= content.known_from
            and questions.as_of_day < content.known_to
    where content.kind <> 'question' or content.deleted_day <= questions.as_of_day
),

-- Pieces under a question, and interactions on the question itself where no pieces are collected.
responses as (
    select
        parent_id as question_id,
        author_id as responder_id,
        published_day as day,
        deleted_day,
        known_from,
        known_to
    from content
    where kind in {{ in_list(var('response_kinds')) }} and parent_id is not null
    union all
    select
        thread_id as question_id,
        author_id as responder_id,
        published_day as day,
        deleted_day,
        known_from,
        known_to
    from content
    where kind in {{ in_list(var('response_kinds')) }} and thread_id <> parent_id
    union all
    select
        content_id as question_id,
        member_id as responder_id,
        day,
        cast(null as date) as deleted_day,
        known_from,
        known_to
    from logged_responses
),

answered as (
    select distinct
        questions.member_id,
        questions.as_of_day,
        questions.content_id
    from questions
    inner join responses
        on
            questions.content_id = responses.question_id
            and questions.as_of_day >= responses.day
            and questions.as_of_day >= responses.known_from
            and questions.as_of_day < responses.known_to
    where
        responses.responder_id is distinct from questions.member_id
        and (responses.deleted_day is null or responses.deleted_day > questions.as_of_day)
),

final as (
    select
        questions.member_id,
        questions.as_of_day,
        count(distinct questions.content_id) as questions_waiting_90,
        max(questions.age) as question_waiting_days_90
    from questions
    left join closed
        on questions.as_of_day = closed.as_of_day and questions.content_id = closed.content_id
    left join answered
        on
            questions.member_id = answered.member_id
            and questions.as_of_day = answered.as_of_day
            and questions.content_id = answered.content_id
    where closed.content_id is null and answered.content_id is null
    group by questions.member_id, questions.as_of_day
)

select * from final
