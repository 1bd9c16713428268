-- A person may have several accounts, each with states of its own. Whoever is bot or staff in one of them is so as a
-- person, and a closed account is the person's end only where none of its others is open.
with

latest as (
    {{ winning_versions(source('lake', 'members'), ['member_id', 'occurred_at'], 'members') }}
),

persons as (
    {{ by_person('latest') }}
),

accounts as (
    select
        persons.source,
        persons.member_id,
        persons.person_id,
        persons.occurred_at,
        persons.role,
        persons.status,
        lead(persons.occurred_at) over (
            partition by persons.source, persons.member_id order by persons.occurred_at
        ) as next_at
    from persons
    where persons.member_id in (select linked.member_id from {{ ref('persons') }} as linked)
),

others as (
    select
        mine.source,
        mine.member_id,
        mine.occurred_at,
        max(case when theirs.role in {{ in_list(var('excluded_roles')) }} then theirs.role end) as excluded_role,
        max(
            case
                when coalesce(theirs.status, 'active') not in {{ in_list(var('gone_statuses')) }}
                    then coalesce(theirs.status, 'active')
            end
        ) as open_status
    from accounts as mine
    inner join accounts as theirs
        on
            mine.person_id = theirs.person_id
            and mine.member_id <> theirs.member_id
            and mine.occurred_at >= theirs.occurred_at
            and (theirs.next_at is null or mine.occurred_at < theirs.next_at)
    group by mine.source, mine.member_id, mine.occurred_at
),

combined as (
    select
        persons.*,
        case
            when persons.role in {{ in_list(var('excluded_roles')) }} then persons.role
            else coalesce(others.excluded_role, persons.role)
        end as person_role,
        case
            when persons.status in {{ in_list(var('gone_statuses')) }}
                then coalesce(others.open_status, persons.status)
            else persons.status
        end as person_status
    from persons
    left join others
        on
            persons.source = others.source
            and persons.member_id = others.member_id
            and persons.occurred_at = others.occurred_at
),

final as (
    select
        source,
        person_id as member_id,
        member_id as account_id,
        occurred_at,
        joined_at,
        person_role as role,
        person_status as status,
        plan,
        needs,
        locale,
        referrer,
        {{ shown_name('display_name') }} as display_name,
        {{ web_address('profile_url') }} as profile_url,
        {{ local_day('joined_at') }} as joined_day,
        event_day,
        log_day
    from combined
)

select * from final
