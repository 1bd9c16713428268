{{ config(meta={'reach_days': 'lifetime'}) }}

with

content as (
    select * from {{ ref('stg_lake__content') }}
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
    where about_kind = 'content'
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

collected_reads as (
    select is_collected from {{ ref('collected_facts') }}
    where fact = 'reads'
),

-- There are many interactions, so they are summed before anything is joined to them; members are counted where a member
-- and a piece have one row.
piece_days as (
    select
        content_id,
        day,
        sum(n_reads) as n_reads,
        sum(n_interactions) as n_interactions
    from {{ ref('int_content__member_interactions') }}
    group by content_id, day
),

summed as (
    select
        content_id,
        sum(n_reads) as n_reads,
        sum(n_interactions) as n_interactions
    from piece_days
    group by content_id
),

members as (
    select
        content_id,
        count(*) filter (where n_reads > 0) as n_unique_readers,
        count(*) filter (where n_interactions > 0) as n_interactors
    from {{ ref('member_content') }}
    group by content_id
),

read_days as (
    select
        content_id,
        day,
        n_reads
    from piece_days
    where n_reads > 0
),

running_reads as (
    select
        content_id,
        day,
        sum(n_reads) over (
            partition by content_id order by day rows between unbounded preceding and current row
        ) as n_reads_so_far,
        sum(n_reads) over (partition by content_id) as n_reads
    from read_days
),

half_read as (
    select
        content_id,
        min(day) as half_read_day
    from running_reads
    where 2 * n_reads_so_far >= n_reads and n_reads >= {{ var('half_life_least_reads') }}
    group by content_id
),

-- Each member counts once, when first reading the piece: only those moments are known to the hour.
readers as (
    select
        content_id,
        first_read_at,
        row_number() over (partition by content_id order by first_read_at) as reader_number,
        count(*) over (partition by content_id) as n_readers
    from {{ ref('member_content') }}
    where first_read_at is not null
),

reached as (
    select
        content_id,
        min(first_read_at) as half_reached_at
    from readers
    where 2 * reader_number >= n_readers and n_readers >= {{ var('half_life_least_reads') }}
    group by content_id
),

-- Summed as decimals: a sum of doubles depends on the order of its rows.
scores as (
    select
        feedback.about_id as content_id,
        case
            when feedback.scale in {{ in_list(var('scales_of_5')) }} and feedback.score between 1 and 5
                then cast(feedback.score as decimal(9, 6))
        end as score_of_5
    from feedback
    left join excluded_spans
        on
            feedback.member_id = excluded_spans.member_id
            and feedback.event_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

rated as (
    select
        content_id,
        count(*) as n_feedback,
        count(score_of_5) as n_scores,
        sum(score_of_5) as total_score
    from scores
    group by content_id
),

final as (
    select
        content.content_id,
        content.kind,
        content.title,
        content.channel,
        content.author_id,
        cast(case when collected_reads.is_collected then coalesce(summed.n_reads, 0) end as bigint) as n_reads,
        cast(
            case when collected_reads.is_collected then coalesce(members.n_unique_readers, 0) end as bigint
        ) as n_unique_readers,
        cast(coalesce(summed.n_interactions, 0) as bigint) as n_interactions,
        cast(coalesce(members.n_interactors, 0) as bigint) as n_interactors,
        cast(summed.n_interactions as double) / nullif(members.n_unique_readers, 0) as interaction_rate,
        cast(coalesce(rated.n_feedback, 0) as bigint) as n_feedback,
        cast(coalesce(rated.n_scores, 0) as bigint) as n_scores,
        cast(rated.total_score as double) / nullif(rated.n_scores, 0) as mean_score,
        case
            when half_read.half_read_day <= content.published_day then cast(0 as bigint)
            else {{ days_since('half_read.half_read_day', 'content.published_day') }}
        end as half_life_days,
        case
            when reached.half_reached_at <= content.published_at then 0e0
            else round(
                cast({{ seconds_between('content.published_at', 'reached.half_reached_at') }} as double) / 3600, 2
            )
        end as half_life_hours,
        content.published_day
    from content
    cross join collected_reads
    left join summed on content.content_id = summed.content_id
    left join members on content.content_id = members.content_id
    left join half_read on content.content_id = half_read.content_id
    left join reached on content.content_id = reached.content_id
    left join rated on content.content_id = rated.content_id
    where content.deleted_at is null
)

select * from final
