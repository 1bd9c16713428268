with

ranked as (
    select * from {{ ref('int_answers__ranked') }}
    where is_waiting
),

used as (
    select method from {{ ref('answer_desk_evaluations') }}
    where is_used
),

-- Before any question was answered nothing can be compared.
named as (
    select
        ranked.*,
        coalesce(used.method, 'popularity') as method
    from ranked
    left join used on true
),

placed as (
    select
        *,
        case method
            when 'topics' then topics_rank
            when 'recency' then recency_rank
            else popularity_rank
        end as place
    from named
),

final as (
    select
        question_id,
        place as rank,
        member_id,
        method,
        n_answered,
        n_recent,
        n_on_topics,
        median_hours,
        last_active_day
    from placed
    where place <= {{ var('answer_desk').suggested }}
)

select * from final
