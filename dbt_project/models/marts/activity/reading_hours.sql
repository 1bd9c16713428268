-- Single reads are kept in the lake only, so this reads its last 28 days.
with

build as (
    select * from {{ source('control', 'build') }}
),

manifest as (
    select * from {{ source('control', 'manifest') }}
    where log = 'interactions'
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

last_parts as (
    select distinct manifest.log_day
    from manifest
    cross join build
    where
        manifest.event_day > {{ add_days('build.through_day', -28) }}
        and manifest.event_day <= build.through_day
),

delivered as (
    select interactions.*
    from {{ source('lake', 'interactions') }} as interactions
    cross join build
    where
        interactions.log_day in (select last_parts.log_day from last_parts)
        and interactions.event_day > {{ add_days('build.through_day', -28) }}
        and interactions.event_day <= build.through_day
),

winning as (
    {{ winning_versions('delivered', ['interaction_id', 'event_day']) }}
),

readers as (
    {{ by_person('winning') }}
),

reads as (
    select
        readers.event_day,
        {{ local_hour('readers.occurred_at') }} as hour
    from readers
    left join excluded_spans
        on
            readers.person_id = excluded_spans.member_id
            and readers.event_day between excluded_spans.from_day and excluded_spans.to_day
    where readers.kind in {{ in_list(var('read_kinds')) }} and excluded_spans.member_id is null
),

counted as (
    select
        hour,
        count(*) as n_reads,
        count(distinct event_day) as n_days
    from reads
    group by hour
),

final as (
    select
        cast(hour as bigint) as hour,
        cast(n_reads as bigint) as n_reads,
        cast(n_days as bigint) as n_days,
        n_reads / sum(n_reads) over () as share_of_reads
    from counted
)

select * from final
