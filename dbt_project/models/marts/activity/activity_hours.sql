{{ config(meta={'reach_days': 'lifetime'}) }}

with

interactions as (
    select * from {{ ref('int_interactions__member_hours') }}
),

authored as (
    select * from {{ ref('int_content__authored') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

unioned as (
    select
        member_id,
        hour,
        0 as n_contents,
        n_interactions,
        n_reads,
        day
    from interactions
    where hour is not null
    union all
    select
        member_id,
        cast({{ local_hour('published_at') }} as bigint) as hour,
        case when logged_kind is null then 1 else 0 end as n_contents,
        case when logged_kind is null then 0 else 1 end as n_interactions,
        0 as n_reads,
        day
    from authored
),

final as (
    select
        unioned.day,
        unioned.hour,
        cast(coalesce(sum(unioned.n_contents), 0) as bigint) as n_contents,
        cast(
            coalesce(sum(unioned.n_interactions) filter (where unioned.member_id is not null), 0) as bigint
        ) as n_interactions,
        cast(coalesce(sum(unioned.n_reads) filter (where unioned.member_id is not null), 0) as bigint) as n_reads,
        cast(
            coalesce(sum(unioned.n_interactions) filter (where unioned.member_id is null), 0) as bigint
        ) as n_anonymous_acts,
        cast(coalesce(sum(unioned.n_reads) filter (where unioned.member_id is null), 0) as bigint) as n_anonymous_reads
    from unioned
    inner join build on unioned.day between build.first_day and build.through_day
    left join excluded_spans
        on
            unioned.member_id = excluded_spans.member_id
            and unioned.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by unioned.day, unioned.hour
)

select * from final
