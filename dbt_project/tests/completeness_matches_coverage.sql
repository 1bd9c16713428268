-- The rows of a log's days are all rows of the log, and only a log that is not collected has a row without a day.
with

days as (
    select
        log,
        coalesce(sum(n_rows), 0) as n_rows,
        count(*) filter (where day is null) as n_without_day
    from {{ ref('data_completeness') }}
    group by log
),

logs as (
    select * from {{ ref('log_coverage') }}
)

select
    logs.log,
    logs.n_rows,
    days.n_rows as n_of_days
from logs
left join days on logs.log = days.log
where
    days.n_rows is distinct from logs.n_rows
    or days.n_without_day is distinct from case when logs.is_collected then 0 else 1 end
