-- What is known of a question is all that was known on the evening before it was asked: the same for each of a day.
{% set desk = var('answer_desk') %}

with

answer_times as (
    select * from {{ ref('answer_times') }}
),

replies as (
    select * from {{ ref('replies') }}
),

content_tags as (
    select * from {{ ref('content_tags') }}
),

member_days as (
    select
        member_id,
        day
    from {{ ref('fct_member_days') }}
    where is_active
),

members as (
    select * from {{ ref('dim_members') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

past as (
    select *
    from (
        select
            *,
            row_number() over (order by asked_at desc, question_id asc) as newness
        from answer_times
        where is_answered_within_7_days and not is_first_responder_staff and first_responder_id is not null
    ) as ranked
    where newness <= {{ desk.questions }}
),

asked as (
    select
        question_id,
        asker_id,
        first_responder_id as answerer_id,
        false as is_waiting,
        asked_day as as_of_day
    from past
    union all
    select
        answer_times.question_id,
        answer_times.asker_id,
        cast(null as string) as answerer_id,
        true as is_waiting,
        {{ add_days('build.through_day', 1) }} as as_of_day
    from answer_times
    cross join build
    where answer_times.is_waiting
),

as_of_days as (
    select distinct as_of_day from asked
),

-- A question is about its tags, or about its channel where it has none.
topics as (
    select
        answer_times.question_id,
        case
            when content_tags.tag is not null then concat('tag ', content_tags.tag)
            else concat('channel ', answer_times.channel)
        end as topic
    from answer_times
    left join content_tags on answer_times.question_id = content_tags.content_id
    where content_tags.tag is not null or answer_times.channel is not null
),

-- One row per member and question of others that the member responded to.
answered as (
    select
        replies.member_id,
        replies.thread_id as question_id,
        min(replies.day) as day,
        min({{ seconds_between('answer_times.asked_at', 'replies.replied_at') }}) as seconds_waited
    from replies
    inner join answer_times on replies.thread_id = answer_times.question_id
    where not replies.is_staff and replies.member_id <> coalesce(answer_times.asker_id, '')
    group by replies.member_id, replies.thread_id
),

answerers as (
    select
        member_id,
        count(*) as n_answered,
        median(seconds_waited) as median_seconds
    from answered
    group by member_id
),

window_days as (
    select
        as_of_day,
        {{ each_day(add_days('as_of_day', -84), add_days('as_of_day', -1)) }} as day
    from as_of_days
),

weighted_days as (
    select
        as_of_day,
        day,
        case
            {% for weight in [32, 16, 8, 4, 2] %}
                when {{ days_since('as_of_day', 'day') }} <= {{ 14 * loop.index }} then {{ weight }}
            {% endfor %}
            else 1
        end as weight
    from window_days
),

around as (
    select
        weighted_days.as_of_day,
        member_days.member_id,
        max(member_days.day) as last_active_day
    from weighted_days
    inner join member_days on weighted_days.day = member_days.day
    inner join answerers on member_days.member_id = answerers.member_id
    where {{ days_since('weighted_days.as_of_day', 'weighted_days.day') }} <= {{ desk.active_days }}
    group by weighted_days.as_of_day, member_days.member_id
),

recent as (
    select
        weighted_days.as_of_day,
        answered.member_id,
        answered.question_id,
        weighted_days.weight
    from weighted_days
    inner join answered on weighted_days.day = answered.day
),

recent_scores as (
    select
        as_of_day,
        member_id,
        count(*) as n_recent,
        sum(weight) as weight
    from recent
    group by as_of_day, member_id
),

answered_since as (
    select
        as_of_days.as_of_day,
        answered.member_id,
        count(*) as n_answered
    from as_of_days
    inner join answered on as_of_days.as_of_day <= answered.day
    group by as_of_days.as_of_day, answered.member_id
),

known as (
    select
        around.as_of_day,
        around.member_id,
        around.last_active_day,
        answerers.n_answered - coalesce(answered_since.n_answered, 0) as n_answered,
        coalesce(recent_scores.n_recent, 0) as n_recent,
        coalesce(recent_scores.weight, 0) as weight,
        answerers.median_seconds
    from around
    cross join build
    inner join answerers on around.member_id = answerers.member_id
    left join recent_scores on around.as_of_day = recent_scores.as_of_day and around.member_id = recent_scores.member_id
    left join answered_since
        on around.as_of_day = answered_since.as_of_day and around.member_id = answered_since.member_id
    left join members on around.member_id = members.member_id
    where
        answerers.n_answered > coalesce(answered_since.n_answered, 0)
        and (
            around.as_of_day <= build.through_day
            or not coalesce(members.is_excluded or members.status in {{ in_list(var('gone_statuses')) }}, false)
        )
),

candidates as (
    select
        *,
        row_number() over (
            partition by as_of_day order by n_answered desc, weight desc, last_active_day desc, member_id asc
        ) as popularity_place,
        row_number() over (
            partition by as_of_day order by weight desc, n_answered desc, last_active_day desc, member_id asc
        ) as recency_place
    from known
),

asked_topics as (
    select
        asked.question_id,
        asked.as_of_day,
        topics.topic,
        count(*) over (partition by asked.question_id) as n_topics
    from asked
    inner join topics on asked.question_id = topics.question_id
),

days_topics as (
    select distinct
        as_of_day,
        topic
    from asked_topics
),

topic_scores as (
    select
        recent.as_of_day,
        topics.topic,
        recent.member_id,
        sum(recent.weight) as weight
    from recent
    inner join topics on recent.question_id = topics.question_id
    inner join days_topics on recent.as_of_day = days_topics.as_of_day and topics.topic = days_topics.topic
    inner join candidates on recent.as_of_day = candidates.as_of_day and recent.member_id = candidates.member_id
    group by recent.as_of_day, topics.topic, recent.member_id
),

-- A topic that everybody writes about has many members; the first of them are enough.
topic_places as (
    select
        *,
        row_number() over (partition by as_of_day, topic order by weight desc, member_id asc) as place
    from topic_scores
),

matched as (
    select
        asked_topics.question_id,
        topic_places.member_id,
        sum(topic_places.weight) as weight
    from asked_topics
    inner join topic_places
        on asked_topics.as_of_day = topic_places.as_of_day and asked_topics.topic = topic_places.topic
    where topic_places.place <= {{ desk.topic_members }}
    group by asked_topics.question_id, topic_places.member_id
),

n_topics as (
    select
        question_id,
        max(n_topics) as n_topics
    from asked_topics
    group by question_id
),

-- Who may be among the first by any method, and who did answer: the asker, who is not asked, may be one more of them.
-- With all of the question beside each: joined to questions and members at once, it would pass through their product.
eligible as (
    select
        asked.*,
        matched.member_id
    from asked
    inner join matched on asked.question_id = matched.question_id
    union
    select
        asked.*,
        candidates.member_id
    from asked
    inner join candidates on asked.as_of_day = candidates.as_of_day
    where least(candidates.popularity_place, candidates.recency_place) <= {{ desk.suggested + 1 }}
    union
    select
        *,
        answerer_id as member_id
    from asked
    where answerer_id is not null
),

scored as (
    select
        eligible.question_id,
        eligible.asker_id,
        eligible.is_waiting,
        eligible.as_of_day,
        eligible.member_id,
        coalesce(eligible.member_id = eligible.answerer_id, false) as is_answerer,
        candidates.n_answered,
        candidates.n_recent,
        candidates.median_seconds,
        candidates.last_active_day,
        candidates.weight as recency,
        -- Whole numbers, the same times n_topics for all candidates of a question.
        candidates.weight * coalesce(n_topics.n_topics, 1)
        + {{ desk.topic_weight }} * coalesce(matched.weight, 0) as topics
    from eligible
    inner join candidates on eligible.as_of_day = candidates.as_of_day and eligible.member_id = candidates.member_id
    left join n_topics on eligible.question_id = n_topics.question_id
    left join matched on eligible.question_id = matched.question_id and eligible.member_id = matched.member_id
    where eligible.member_id is distinct from eligible.asker_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by question_id order by n_answered desc, recency desc, last_active_day desc, member_id asc
        ) as popularity_rank,
        row_number() over (
            partition by question_id order by recency desc, n_answered desc, last_active_day desc, member_id asc
        ) as recency_rank,
        row_number() over (
            partition by question_id order by topics desc, recency desc, n_answered desc, member_id asc
        ) as topics_rank
    from scored
),

kept as (
    select * from ranked
    where least(popularity_rank, recency_rank, topics_rank) <= {{ desk.suggested }} or is_answerer
),

-- Grouped by themselves: a join of the topics of questions with those of answers would be far larger than either.
suggested_topics as (
    select
        kept.question_id,
        kept.member_id,
        kept.as_of_day,
        asked_topics.topic
    from kept
    inner join asked_topics on kept.question_id = asked_topics.question_id
    where kept.is_waiting
    group by kept.question_id, kept.member_id, kept.as_of_day, asked_topics.topic
),

answered_topics as (
    select
        answered.member_id,
        topics.topic,
        answered.question_id,
        answered.day
    from answered
    inner join topics on answered.question_id = topics.question_id
    group by answered.member_id, topics.topic, answered.question_id, answered.day
),

on_topics as (
    select
        suggested_topics.question_id,
        suggested_topics.member_id,
        count(distinct answered_topics.question_id) as n_on_topics
    from suggested_topics
    inner join answered_topics
        on
            suggested_topics.member_id = answered_topics.member_id
            and suggested_topics.topic = answered_topics.topic
            and suggested_topics.as_of_day > answered_topics.day
    group by suggested_topics.question_id, suggested_topics.member_id
),

-- Who answered a past question counts even where no method could have named them.
unreachable as (
    select asked.*
    from asked
    left join kept on asked.question_id = kept.question_id and asked.answerer_id = kept.member_id
    where asked.answerer_id is not null and kept.member_id is null
),

final as (
    select
        kept.question_id,
        kept.member_id,
        kept.asker_id,
        kept.is_waiting,
        kept.is_answerer,
        {% for rank in ['popularity_rank', 'recency_rank', 'topics_rank'] %}
            case when kept.{{ rank }} <= {{ desk.suggested }} then cast(kept.{{ rank }} as bigint) end as {{ rank }},
        {% endfor %}
        kept.n_answered,
        kept.n_recent,
        case when kept.is_waiting then coalesce(on_topics.n_on_topics, 0) end as n_on_topics,
        case when kept.is_waiting then cast(kept.median_seconds as double) / 3600 end as median_hours,
        kept.last_active_day,
        kept.as_of_day
    from kept
    left join on_topics on kept.question_id = on_topics.question_id and kept.member_id = on_topics.member_id
    union all
    select
        question_id,
        answerer_id as member_id,
        asker_id,
        is_waiting,
        true as is_answerer,
        cast(null as bigint) as popularity_rank,
        cast(null as bigint) as recency_rank,
        cast(null as bigint) as topics_rank,
        cast(null as bigint) as n_answered,
        cast(null as bigint) as n_recent,
        cast(null as bigint) as n_on_topics,
        cast(null as double) as median_hours,
        cast(null as date) as last_active_day,
        as_of_day
    from unreachable
)

select * from final
