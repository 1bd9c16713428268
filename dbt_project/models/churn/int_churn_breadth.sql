with

members as (
    select
        member_id,
        as_of_day
    from {{ ref('int_churn_members') }}
    where is_active or is_due
),

acts as (
    select distinct
        member_id,
        day,
        channel,
        thread_id,
        known_from,
        known_to
    from {{ ref('int_churn_known_acts') }}
    where kind not in {{ in_list(var('read_kinds')) }}
),

final as (
    select
        members.member_id,
        members.as_of_day,
        count(distinct acts.channel) as channels_30,
        count(distinct acts.thread_id) as threads_30
    from members
    inner join acts
        on
            members.member_id = acts.member_id
            and members.as_of_day >= acts.day
            and acts.day > {{ add_days('members.as_of_day', -30) }}
            and members.as_of_day >= acts.known_from
            and members.as_of_day < acts.known_to
    group by members.member_id, members.as_of_day
)

select * from final
