with

states as (
    select * from {{ ref('stg_lake__members') }}
),

named as (
    select * from {{ ref('int_members__named') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

stated_needs as (
    select * from {{ ref('int_members__stated_needs') }}
),

segments as (
    select * from {{ ref('member_segments') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

current_states as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by member_id order by occurred_at desc, source asc, account_id asc
            ) as state_rank
        from states
    ) as ranked
    where state_rank = 1
),

account_states as (
    select
        *,
        row_number() over (partition by source, account_id order by occurred_at desc) as account_state_rank
    from states
),

-- What an account was called before it has a new name, or none, is not shown.
names as (
    select *
    from (
        select
            member_id,
            display_name,
            profile_url,
            row_number() over (
                partition by member_id
                order by
                    (display_name is not null) desc,
                    (profile_url is not null) desc,
                    occurred_at desc,
                    source asc,
                    account_id asc
            ) as name_rank
        from account_states
        where account_state_rank = 1
    ) as ranked
    where name_rank = 1
),

final as (
    select
        named.member_id,
        names.display_name,
        names.profile_url,
        first_days.first_day,
        first_days.joined_day,
        first_days.first_active_day,
        first_days.last_active_day,
        {{ days_since('build.through_day', 'first_days.first_day') }} as tenure_days,
        current_states.role,
        current_states.status,
        current_states.plan,
        current_states.locale,
        current_states.referrer,
        stated_needs.needs,
        segments.lifecycle,
        coalesce(current_states.role in {{ in_list(var('excluded_roles')) }}, false) as is_excluded
    from named
    cross join build
    left join first_days on named.member_id = first_days.member_id
    left join current_states on named.member_id = current_states.member_id
    left join names on named.member_id = names.member_id
    left join stated_needs
        on
            named.member_id = stated_needs.member_id
            and build.through_day between stated_needs.from_day and stated_needs.to_day
    left join segments on named.member_id = segments.member_id and build.through_day = segments.day
)

select * from final
