-- Expiry takes at most what is there: it never makes a balance negative, nor takes more than its action gave.
with

ledger as (
    select * from {{ ref('points_ledger') }}
),

given as (
    select
        source,
        action_id,
        points
    from ledger
    where movement = 'earned'
)

select
    ledger.source,
    ledger.action_id,
    ledger.points,
    ledger.balance
from ledger
left join given on ledger.source = given.source and ledger.action_id = given.action_id
where
    ledger.movement = 'expired'
    and (
        given.action_id is null
        or -ledger.points > given.points
        or (ledger.balance < 0 and ledger.balance - ledger.points >= 0)
    )
