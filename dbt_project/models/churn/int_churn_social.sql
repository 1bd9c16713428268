with

members as (
    select
        member_id,
        as_of_day
    from {{ ref('int_churn_members') }}
    where is_active or is_due
),

links as (
    select * from {{ ref('int_churn_known_links') }}
),

-- Both directions: who addressed the member, and whom the member addressed.
contacts as (
    select
        other_member_id as member_id,
        member_id as partner_id,
        day,
        true as is_received,
        known_from,
        known_to
    from links
    union all
    select
        member_id,
        other_member_id as partner_id,
        day,
        false as is_received,
        known_from,
        known_to
    from links
),

known as (
    select distinct
        members.member_id,
        members.as_of_day,
        contacts.partner_id,
        contacts.is_received,
        {{ days_since('members.as_of_day', 'contacts.day') }} as age
    from members
    inner join contacts
        on
            members.member_id = contacts.member_id
            and members.as_of_day >= contacts.day
            and contacts.day > {{ add_days('members.as_of_day', -180) }}
            and members.as_of_day >= contacts.known_from
            and members.as_of_day < contacts.known_to
),

final as (
    select
        member_id,
        as_of_day,
        count(*) filter (where is_received and age < 30) as responses_30,
        count(*) filter (where is_received) as responses_180,
        count(distinct partner_id) as partners_180
    from known
    group by member_id, as_of_day
)

select * from final
