with

-- Either order of two ids is the same pair.
pairs as (
    {{ identity_pairs() }}
),

latest as (
    {{ winning_versions('pairs', ['member_a', 'member_b'], 'identity_links') }}
),

final as (
    select
        source,
        member_a,
        member_b,
        occurred_at,
        relation,
        valid_from,
        revoked_at,
        event_day,
        log_day
    from latest
)

select * from final
