-- Single interactions are kept in the lake only, so this reads its last days: as many as hold ten times what is
-- published.
with

build as (
    select * from {{ source('control', 'build') }}
),

manifest as (
    select * from {{ source('control', 'manifest') }}
    where log in ('interactions', 'content')
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

event_days as (
    select
        manifest.event_day as day,
        sum(manifest.n_rows) as n_rows
    from manifest
    cross join build
    where manifest.event_day <= build.through_day
    group by manifest.event_day
),

later as (
    select
        day,
        sum(n_rows) over (order by day desc) - n_rows as n_rows_after
    from event_days
),

last_days as (
    select day from later
    where n_rows_after < {{ 10 * var('latest_interactions') }}
),

last_parts as (
    select distinct manifest.log_day
    from manifest
    inner join last_days on manifest.event_day = last_days.day
    where manifest.log = 'interactions'
),

delivered as (
    select interactions.*
    from {{ source('lake', 'interactions') }} as interactions
    where
        interactions.log_day in (select last_parts.log_day from last_parts)
        and interactions.event_day in (select last_days.day from last_days)
),

winning as (
    {{ winning_versions('delivered', ['interaction_id', 'event_day'], 'interactions') }}
),

actors as (
    {{ by_person('winning') }}
),

targeted as (
    select
        actors.*,
        coalesce(persons.person_id, actors.target_member_id) as target_person_id
    from actors
    left join {{ ref('persons') }} as persons on actors.target_member_id = persons.member_id
),

logged as (
    select
        person_id as member_id,
        occurred_at,
        kind,
        content_id,
        event_id,
        target_person_id as target_member_id,
        channel,
        interaction_id,
        event_day as day
    from targeted
    where kind not in {{ in_list(var('read_kinds')) }}
),

content as (
    select * from {{ ref('stg_lake__content') }}
    where published_day in (select last_days.day from last_days)
),

authoring as (
    select * from {{ ref('int_interactions__authoring') }}
),

-- A piece counts as the interaction of writing it unless that was logged too, on any day.
authored as (
    {% for content_kind, logged_kinds in var('authored_interactions').items() %}
        select
            content.author_id as member_id,
            content.published_at as occurred_at,
            '{{ logged_kinds[0] }}' as kind,
            content.content_id,
            cast(null as string) as event_id,
            cast(null as string) as target_member_id,
            content.channel,
            content.content_id as interaction_id,
            content.published_day as day
        from content
        left join authoring
            on content.content_id = authoring.content_id and authoring.kind in {{ in_list(logged_kinds) }}
        where content.kind = '{{ content_kind }}' and authoring.content_id is null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

unioned as (
    select * from logged
    union all
    select * from authored
),

ranked as (
    select
        unioned.*,
        row_number() over (
            order by
                unioned.occurred_at desc,
                unioned.member_id asc,
                unioned.kind asc,
                unioned.interaction_id asc,
                unioned.content_id asc
        ) as latest_rank
    from unioned
    left join excluded_spans
        on
            unioned.member_id = excluded_spans.member_id
            and unioned.day between excluded_spans.from_day and excluded_spans.to_day
    where unioned.member_id is not null and excluded_spans.member_id is null
),

final as (
    select
        cast(latest_rank as bigint) as latest_rank,
        member_id,
        occurred_at,
        kind,
        content_id,
        event_id,
        target_member_id,
        channel,
        day
    from ranked
    where latest_rank <= {{ var('latest_interactions') }}
)

select * from final
