-- Points given and spent are those of the actions that were done, one movement for each.
with

build as (
    select through_day from {{ source('control', 'build') }}
),

actions as (
    select member_actions.*
    from {{ ref('member_actions') }} as member_actions
    cross join build
    where
        member_actions.arm = 'treated'
        and member_actions.points <> 0
        and member_actions.day <= build.through_day
),

movements as (
    select * from {{ ref('points_ledger') }}
    where movement <> 'expired'
)

select
    actions.source,
    actions.action_id,
    movements.source as movement_source,
    movements.action_id as movement_action_id
from actions
full outer join movements on actions.source = movements.source and actions.action_id = movements.action_id
where
    actions.member_id is distinct from movements.member_id
    or actions.campaign_id is distinct from movements.campaign_id
    or actions.points is distinct from movements.points
    or actions.day is distinct from movements.day
