-- Contributions of a month, ranked by member, are those of its days, and all time is all months.
with

days as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(n_contents + n_interactions) as n_contributions
    from {{ ref('community_days') }}
    group by cast(date_trunc('month', day) as date)
    having sum(n_contents + n_interactions) > 0
),

months as (
    select * from {{ ref('contributor_concentration') }}
    where period = 'month'
),

all_time as (
    select * from {{ ref('contributor_concentration') }}
    where period = 'all'
)

select
    coalesce(days.month, months.month) as month,
    days.n_contributions as n_of_days,
    months.n_contributions as n_of_members
from days
full outer join months on days.month = months.month
where days.n_contributions is distinct from months.n_contributions
union all
select
    cast(null as date) as month,
    (select sum(days.n_contributions) from days) as n_of_days,
    n_contributions as n_of_members
from all_time
where n_contributions <> (select sum(days.n_contributions) from days)
