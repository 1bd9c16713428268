with

pieces as (
    {{ standing_pieces() }}
),

build as (
    select * from {{ source('control', 'build') }}
),

questions as (
    select
        pieces.content_id as question_id,
        pieces.author_id as asker_id,
        pieces.channel,
        pieces.accepted_answer_id,
        pieces.published_at as asked_at,
        pieces.published_day as asked_day,
        {{ seconds_between('pieces.published_at', day_start(add_days('build.through_day', 1))) }} as seconds_observed
    from pieces
    cross join build
    where pieces.kind = 'question' and pieces.excluded_role is null
),

responses as (
    select
        content_id as response_id,
        kind,
        author_id as responder_id,
        parent_id,
        root_id,
        published_at as responded_at,
        excluded_role is not null as is_staff
    from pieces
    where kind in {{ in_list(var('response_kinds')) }} and excluded_role is distinct from 'bot'
),

-- A response names its question as its parent or, from further down the thread, as its root.
threads as (
    select
        parent_id as question_id,
        response_id
    from responses
    where parent_id is not null
    union
    select
        root_id as question_id,
        response_id
    from responses
    where root_id is not null
),

-- Of two authors who were both erased nobody knows whether they were one person, so that is no response.
given as (
    select
        questions.question_id,
        questions.asked_at,
        responses.response_id,
        responses.kind,
        responses.responder_id,
        responses.responded_at,
        responses.is_staff
    from questions
    inner join threads on questions.question_id = threads.question_id
    inner join responses on threads.response_id = responses.response_id
    where responses.responder_id is distinct from questions.asker_id
),

-- A post that was moved under a younger question answers another one.
dated_before as (
    select
        question_id,
        count(*) as n_responses
    from given
    where responded_at < asked_at
    group by question_id
),

ranked as (
    select
        *,
        {{ seconds_between('asked_at', 'responded_at') }} as seconds_waited,
        count(*) over (partition by question_id) as n_responses,
        row_number() over (partition by question_id order by responded_at, response_id) as response_rank
    from given
    where responded_at >= asked_at
),

timed as (
    select
        questions.question_id,
        questions.asker_id,
        questions.channel,
        questions.asked_at,
        questions.asked_day,
        first_response.response_id,
        first_response.kind,
        first_response.responder_id,
        first_response.is_staff,
        first_response.responded_at,
        first_response.n_responses,
        dated_before.n_responses as n_dated_before,
        questions.accepted_answer_id is not null as is_resolved,
        first_response.response_id is null as is_censored,
        first_response.response_id is null
        and questions.seconds_observed >= 86400
        and questions.asked_day > {{ add_days('build.through_day', -30) }} as is_waiting,
        questions.seconds_observed >= 7 * 86400 as is_judged,
        coalesce(first_response.seconds_waited <= 7 * 86400, false) as is_in_time,
        cast(first_response.seconds_waited as double) / 3600 as hours_to_first_response,
        cast(coalesce(first_response.seconds_waited, questions.seconds_observed) as double) / 3600 as observed_hours
    from questions
    cross join build
    left join ranked as first_response
        on questions.question_id = first_response.question_id and first_response.response_rank = 1
    left join dated_before on questions.question_id = dated_before.question_id
),

final as (
    select
        question_id,
        asker_id,
        channel,
        response_id as first_response_id,
        kind as first_response_kind,
        responder_id as first_responder_id,
        is_staff as is_first_responder_staff,
        cast(coalesce(n_responses, 0) as bigint) as n_responses,
        cast(coalesce(n_dated_before, 0) as bigint) as n_dated_before,
        hours_to_first_response,
        observed_hours,
        is_censored,
        is_waiting,
        is_judged,
        cast(case when is_judged then is_in_time end as boolean) as is_answered_within_7_days,
        is_resolved,
        asked_at,
        responded_at as first_response_at,
        asked_day
    from timed
)

select * from final
