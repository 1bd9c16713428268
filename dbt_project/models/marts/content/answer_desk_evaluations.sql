-- Whole numbers until the last step, so that sums do not depend on their order.
{% set desk = var('answer_desk') %}

with

answerers as (
    select * from {{ ref('int_answers__ranked') }}
    where is_answerer
),

found as (
    {% for method in ['popularity', 'recency', 'topics'] %}
        select
            '{{ method }}' as method,
            member_id,
            coalesce(asker_id, question_id) as asker_id,
            as_of_day,
            n_answered is not null as is_reachable,
            {{ method }}_rank as hit_rank,
            case when popularity_rank is null then 0 else 1 end as is_popular
        from answerers
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        method,
        count(*) as n_questions,
        count(distinct member_id) as n_answerers,
        count(distinct asker_id) as n_askers,
        count(*) filter (where is_reachable) as n_reachable,
        count(hit_rank) as n_hits,
        count(hit_rank) - sum(is_popular) as n_gained,
        sum(cast(1 as decimal(18, 9)) / hit_rank) as reciprocal_ranks,
        min(as_of_day) as first_asked_day,
        max(as_of_day) as last_asked_day
    from found
    group by method
),

-- Questions of the same asker are alike: each asker is one cluster.
clusters as (
    select
        method,
        asker_id,
        count(*) as n_questions,
        count(hit_rank) - sum(is_popular) as n_gained
    from found
    group by method, asker_id
),

spread as (
    select
        clusters.method,
        sum(
            power(
                cast(
                    clusters.n_gained * counted.n_questions - counted.n_gained * clusters.n_questions
                    as decimal(18, 0)
                ), 2
            )
        ) as squares
    from clusters
    inner join counted on clusters.method = counted.method
    group by clusters.method
),

measured as (
    select
        counted.*,
        cast(counted.n_gained as double) / counted.n_questions as gain,
        1.959963984540054e0 * sqrt(
            cast(counted.n_askers as double) / nullif(counted.n_askers - 1, 0) * spread.squares
        ) / power(counted.n_questions, 2) as half_width
    from counted
    inner join spread on counted.method = spread.method
),

chosen as (
    select
        *,
        row_number() over (
            order by
                case
                    when method = 'popularity' or (n_questions >= {{ desk.least_questions }} and gain > half_width)
                        then n_hits
                    else -1
                end desc,
                method asc
        ) as choice
    from measured
),

final as (
    select
        method,
        cast({{ desk.suggested }} as bigint) as n_suggested,
        n_questions,
        n_answerers,
        n_reachable,
        n_hits,
        cast(n_hits as double) / n_questions as hit_rate,
        {{ wilson_low('n_hits', 'n_questions') }} as hit_rate_low,
        {{ wilson_high('n_hits', 'n_questions') }} as hit_rate_high,
        round(cast(coalesce(reciprocal_ranks, 0) as double) / n_questions, 9) as mean_reciprocal_rank,
        gain,
        round(gain - half_width, 9) as gain_low,
        round(gain + half_width, 9) as gain_high,
        choice = 1 as is_used,
        first_asked_day,
        last_asked_day
    from chosen
)

select * from final
