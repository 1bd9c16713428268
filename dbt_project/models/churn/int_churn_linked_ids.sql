with

pairs as (
    {{ identity_pairs() }}
),

links as (
    {{ known_versions('pairs', ['member_a', 'member_b'], 'identity_links') }}
),

feature_days as (
    select distinct as_of_day from {{ source('control', 'feature_days') }}
),

standing as (
    select
        feature_days.as_of_day,
        links.member_a,
        links.member_b
    from feature_days
    inner join links
        on
            links.op = 'upsert'
            and feature_days.as_of_day >= links.known_from
            and feature_days.as_of_day < links.known_to
            and {{ link_stands('feature_days.as_of_day') }}
),

final as (
    select
        as_of_day,
        member_a as member_id,
        member_b as other_id
    from standing
    union
    select
        as_of_day,
        member_b as member_id,
        member_a as other_id
    from standing
)

select * from final
