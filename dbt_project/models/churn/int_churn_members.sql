with

feature_days as (
    select distinct as_of_day from {{ source('control', 'feature_days') }}
),

window_days as (
    {{ days_before_features([60, horizon_days()] | max) }}
),

known_days as (
    select * from {{ ref('int_churn_known_days') }}
    where n_contents + n_interactions > 0 and day in (select window_days.day from window_days)
),

versions as (
    {{ known_versions(source('lake', 'members'), ['member_id', 'occurred_at'], 'members') }}
),

upserts as (
    select
        *,
        member_id as account_id
    from versions
    where op = 'upsert'
),

member_states as (
    {{ known_by_person('upserts', ['source', 'account_id', 'occurred_at', 'joined_at', 'role', 'status']) }}
),

payers as (
    select
        member_id,
        as_of_day,
        days_to_term_end <= {{ horizon_days() }} as is_due
    from {{ ref('int_churn_payers') }}
),

active as (
    select
        known_days.member_id,
        feature_days.as_of_day,
        count(distinct known_days.day) filter (
            where known_days.day > {{ add_days('feature_days.as_of_day', -30) }}
        ) as n_days_now,
        count(distinct known_days.day) filter (
            where known_days.day <= {{ add_days('feature_days.as_of_day', -30) }}
            and known_days.day > {{ add_days('feature_days.as_of_day', -60) }}
        ) as n_days_before,
        max(known_days.day) > {{ add_days('feature_days.as_of_day', -horizon_days()) }} as is_active
    from feature_days
    inner join known_days
        on
            feature_days.as_of_day >= known_days.day
            and known_days.day > {{ add_days("feature_days.as_of_day", -([60, horizon_days()] | max)) }}
            and feature_days.as_of_day >= known_days.known_from
            and feature_days.as_of_day < known_days.known_to
    group by known_days.member_id, feature_days.as_of_day
),

judged as (
    select
        coalesce(active.member_id, payers.member_id) as member_id,
        coalesce(active.as_of_day, payers.as_of_day) as as_of_day,
        coalesce(active.is_active, false) as is_active,
        coalesce(payers.is_due, false) as is_due,
        coalesce(active.n_days_now, 0) as n_days_now,
        coalesce(active.n_days_before, 0) as n_days_before
    from active
    full outer join payers
        on active.member_id = payers.member_id and active.as_of_day = payers.as_of_day
    where active.member_id is not null or payers.is_due
),

-- The latest state of each account of a person, as stg_lake__members combines them.
states as (
    select
        judged.member_id,
        judged.as_of_day,
        member_states.role,
        coalesce(member_states.status, 'active') as status,
        {{ local_day('member_states.joined_at') }} as joined_day,
        row_number() over (
            partition by judged.member_id, judged.as_of_day, member_states.account_id
            order by member_states.occurred_at desc, member_states.source asc
        ) as state_rank
    from judged
    inner join member_states
        on
            judged.member_id = member_states.member_id
            and judged.as_of_day >= member_states.known_from
            and judged.as_of_day < member_states.known_to
),

told as (
    select
        member_id,
        as_of_day,
        min(joined_day) as joined_day,
        count(*) filter (where role in {{ in_list(var('excluded_roles')) }}) as n_excluded,
        count(*) filter (where status not in {{ in_list(var('gone_statuses')) }}) as n_open
    from states
    where state_rank = 1
    group by member_id, as_of_day
),

-- Who has gone is judged by no definition, but was one of the active members of the days before. A closed account is
-- the person's end only where none of the others is open.
final as (
    select
        judged.member_id,
        judged.as_of_day,
        judged.n_days_now,
        judged.n_days_before,
        told.joined_day,
        judged.is_active and coalesce(told.n_open > 0, true) as is_active,
        judged.is_due and coalesce(told.n_open > 0, true) as is_due
    from judged
    left join told on judged.member_id = told.member_id and judged.as_of_day = told.as_of_day
    where coalesce(told.n_excluded, 0) = 0
)

select * from final
