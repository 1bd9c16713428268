with

actions as (
    select * from {{ ref('stg_lake__actions') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

final as (
    select
        actions.source,
        actions.action_id,
        actions.member_id,
        actions.kind,
        actions.campaign_id,
        coalesce(actions.arm, 'treated') as arm,
        actions.coupon_id,
        actions.points,
        actions.cost_minor,
        actions.currency,
        actions.occurred_at,
        actions.expires_at,
        actions.event_day as day
    from actions
    left join excluded_spans
        on
            actions.member_id = excluded_spans.member_id
            and actions.event_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
)

select * from final
