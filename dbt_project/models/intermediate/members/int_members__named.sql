with

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where not is_active
),

content as (
    select * from {{ ref('stg_lake__content') }}
),

events as (
    select * from {{ ref('stg_lake__events') }}
),

participation as (
    select * from {{ ref('stg_lake__event_participation') }}
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
),

subscriptions as (
    select * from {{ ref('stg_lake__subscriptions') }}
),

payments as (
    select * from {{ ref('stg_lake__payments') }}
),

actions as (
    select * from {{ ref('stg_lake__actions') }}
),

replies as (
    select coalesce(persons.person_id, replies.target_member_id) as member_id
    from {{ ref('int_interactions__replies') }} as replies
    left join {{ ref('persons') }} as persons on replies.target_member_id = persons.member_id
),

unioned as (
    select member_id from first_days
    union
    select member_id from member_days
    union
    select author_id as member_id from content
    union
    select host_id as member_id from events
    union
    select member_id from participation
    union
    select member_id from feedback
    union
    select member_id from subscriptions
    union
    select member_id from payments
    union
    select member_id from actions
    union
    select member_id from replies
),

final as (
    select member_id
    from unioned
    where member_id is not null
)

select * from final
