with

member_months as (
    select
        member_id,
        day as month,
        n_contributions
    from {{ ref('int_members__active_months') }}
),

contributors as (
    select
        'month' as period,
        member_id,
        n_contributions,
        month
    from member_months
    union all
    select
        'all' as period,
        member_id,
        sum(n_contributions) as n_contributions,
        cast(null as date) as month
    from member_months
    group by member_id
),

ranked as (
    select
        period,
        month,
        n_contributions,
        row_number() over contributors_by_size as member_rank,
        sum(n_contributions) over contributors_by_size as n_so_far,
        sum(n_contributions) over (partition by period, month) as n_in_all
    from contributors
    window contributors_by_size as (
        partition by period, month order by n_contributions desc, member_id asc
        rows between unbounded preceding and current row
    )
),

summed as (
    select
        period,
        month,
        max(n_in_all) as n_contributions,
        count(*) as n_contributors,
        min(member_rank) filter (where 2 * n_so_far >= n_in_all) as n_members_for_half,
        cast(sum(n_contributions) filter (where member_rank <= 10) as double) / max(n_in_all) as top_10_share
    from ranked
    group by period, month
),

final as (
    select
        period,
        month,
        cast(n_contributions as bigint) as n_contributions,
        cast(n_contributors as bigint) as n_contributors,
        cast(n_members_for_half as bigint) as n_members_for_half,
        top_10_share
    from summed
)

select * from final
