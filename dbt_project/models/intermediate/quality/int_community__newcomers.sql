with

community_days as (
    select * from {{ ref('community_days') }}
),

shares as (
    select
        day,
        dau,
        cast(new_members as double) / nullif(dau, 0) as share_never_seen,
        count(case when dau > 0 then 1 end) over (order by day rows between unbounded preceding and current row)
            as n_active_days
    from community_days
),

-- Days on which anybody was active: an outage before a day takes none of them away. One row a day, so they are few.
active_days as (
    select * from shares
    where dau > 0
),

usual as (
    select
        active_days.day,
        count(*) as n_days,
        median(past.share_never_seen) as usual_share
    from active_days
    inner join active_days as past
        on past.n_active_days between active_days.n_active_days - 28 and active_days.n_active_days - 1
    group by active_days.day
),

final as (
    select
        shares.share_never_seen,
        case when usual.n_days >= 14 then usual.usual_share end as usual_share_never_seen,
        case when shares.dau > 0 then shares.n_active_days end as n_active_days,
        coalesce(
            usual.n_days >= {{ var('identity_break').before_days + var('identity_break').after_days + 1 }}
            and shares.share_never_seen >= {{ double(var('identity_break').new_share) }}
            and shares.share_never_seen >= {{ double(var('identity_break').times) }} * usual.usual_share,
            false
        ) as is_jump,
        shares.day
    from shares
    left join usual on shares.day = usual.day
)

select * from final
