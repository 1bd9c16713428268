-- Who replied to whom: from the content log, and from the interactions log where the content log does not say so.
with

pieces as (
    {{ standing_pieces() }}
),

content as (
    select * from {{ ref('stg_lake__content') }}
),

logged as (
    select * from {{ ref('int_interactions__replies') }}
),

persons as (
    select * from {{ ref('persons') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

first_responses as (
    select distinct first_response_id as content_id
    from {{ ref('answer_times') }}
    where first_response_id is not null
),

responses as (
    select * from pieces
    where kind in {{ in_list(var('response_kinds')) }} and excluded_role is distinct from 'bot'
),

-- A response is to the author of the piece that it is under. Where that was a bot or the writer, or was taken down, it
-- is to whoever opened the thread. Of two authors who were both erased nobody knows whether they were one person.
named as (
    select
        *,
        parent_id as to_content_id,
        1 as distance
    from responses
    where parent_id is not null
    union all
    select
        *,
        root_id as to_content_id,
        2 as distance
    from responses
    where root_id is not null
),

addressed as (
    select
        named.*,
        pieces.author_id as replied_to_id,
        pieces.excluded_role is not null as is_to_staff,
        {{ seconds_between('pieces.published_at', 'named.published_at') }} as seconds_since,
        row_number() over (partition by named.source, named.content_id order by named.distance) as nearness
    from named
    inner join pieces on named.to_content_id = pieces.content_id
    where
        pieces.author_id is distinct from named.author_id
        and pieces.excluded_role is distinct from 'bot'
        and pieces.published_at <= named.published_at
),

written as (
    select
        'content' as log,
        source,
        content_id as reply_id,
        kind,
        author_id as member_id,
        replied_to_id,
        to_content_id as content_id,
        root_id,
        channel,
        excluded_role is not null as is_staff,
        is_to_staff,
        seconds_since,
        published_at as replied_at,
        published_day as day
    from addressed
    where nearness = 1
),

-- Pieces of which the content log says what they are a response to, whether or not that makes a reply.
known as (
    select
        content.content_id,
        content.author_id
    from content
    left join content as parents on content.parent_id = parents.content_id
    left join content as roots on content.root_id = roots.content_id
    where
        content.kind in {{ in_list(var('response_kinds')) }}
        and (parents.content_id is not null or roots.content_id is not null)
),

directed as (
    select
        logged.source,
        logged.interaction_id,
        logged.kind,
        logged.member_id,
        coalesce(persons.person_id, logged.target_member_id) as replied_to_id,
        logged.content_id,
        logged.channel,
        logged.occurred_at,
        logged.day
    from logged
    inner join build on logged.day <= build.through_day
    left join persons on logged.target_member_id = persons.member_id
    left join known
        on
            logged.content_id = known.content_id
            and (logged.member_id = known.author_id or known.author_id is null)
    where known.content_id is null
),

-- Where somebody has replied to the same person on that day by the content log, it cannot be told whether an
-- interaction is another reply, so it is none.
logged_replies as (
    select
        'interactions' as log,
        directed.source,
        directed.interaction_id as reply_id,
        directed.kind,
        directed.member_id,
        directed.replied_to_id,
        pieces.content_id,
        pieces.root_id,
        directed.channel,
        repliers.member_id is not null as is_staff,
        targets.member_id is not null as is_to_staff,
        {{ seconds_between('pieces.published_at', 'directed.occurred_at') }} as seconds_since,
        directed.occurred_at as replied_at,
        directed.day
    from directed
    left join written
        on
            directed.member_id = written.member_id
            and directed.replied_to_id = written.replied_to_id
            and directed.day = written.day
    left join pieces
        on
            directed.content_id = pieces.content_id
            and directed.replied_to_id = pieces.author_id
            and directed.occurred_at >= pieces.published_at
    left join excluded_spans as repliers
        on
            directed.member_id = repliers.member_id
            and directed.day between repliers.from_day and repliers.to_day
    left join excluded_spans as targets
        on
            directed.replied_to_id = targets.member_id
            and directed.day between targets.from_day and targets.to_day
    where
        written.member_id is null
        and directed.member_id <> directed.replied_to_id
        and repliers.role is distinct from 'bot'
        and targets.role is distinct from 'bot'
),

unioned as (
    select * from written
    union all
    select * from logged_replies
),

final as (
    select
        unioned.log,
        unioned.source,
        unioned.reply_id,
        unioned.day,
        unioned.kind,
        unioned.member_id,
        unioned.replied_to_id,
        unioned.content_id,
        coalesce(threads.content_id, unioned.content_id) as thread_id,
        unioned.channel,
        unioned.is_staff,
        unioned.is_to_staff,
        first_responses.content_id is not null as is_first_response,
        cast(unioned.seconds_since as double) / 3600 as hours_since,
        unioned.replied_at
    from unioned
    left join content as threads on unioned.root_id = threads.content_id
    left join first_responses on unioned.log = 'content' and unioned.reply_id = first_responses.content_id
)

select * from final
