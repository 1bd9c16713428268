with

community_days as (
    select * from {{ ref('community_days') }}
),

shares as (
    select
        day,
        dau,
        cast(new_members as double) / nullif(dau, 0) as share_never_seen
    from community_days
),

-- One row a day, so the 28 days before each are few.
recent as (
    select
        shares.day,
        count(*) as n_days,
        median(past.share_never_seen) as usual_share
    from shares
    inner join shares as past
        on past.day between {{ add_days('shares.day', -28) }} and {{ add_days('shares.day', -1) }}
    where past.share_never_seen is not null
    group by shares.day
),

final as (
    select
        shares.share_never_seen,
        case when recent.n_days >= 14 then recent.usual_share end as usual_share_never_seen,
        coalesce(
            recent.n_days >= 14
            and shares.dau >= {{ var('identity_break_least_members') }}
            and shares.share_never_seen >= {{ var('identity_break_share') }}
            and shares.share_never_seen >= {{ var('identity_break_times') }} * recent.usual_share,
            false
        ) as is_identity_break,
        shares.day
    from shares
    left join recent on shares.day = recent.day
)

select * from final
