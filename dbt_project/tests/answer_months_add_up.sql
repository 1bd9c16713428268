-- Months of asking add up to all time and to the questions, and no count is larger than the one that it is a part of.
with

months as (
    select * from {{ ref('answer_months') }}
),

added as (
    select
        (select count(*) from {{ ref('answer_times') }}) as n_asked,
        coalesce(sum(n_questions) filter (where period = 'month'), 0) as n_of_months,
        coalesce(sum(n_questions) filter (where period = 'all'), 0) as n_of_all_time,
        count(*) filter (
            where
            n_responded > n_questions or n_judged > n_questions or n_answered_within_7_days > n_judged
            or n_resolved > n_judged or median_hours > p90_hours
        ) as n_impossible
    from months
)

select * from added
where n_of_months <> n_asked or n_of_all_time <> n_asked or n_impossible > 0
