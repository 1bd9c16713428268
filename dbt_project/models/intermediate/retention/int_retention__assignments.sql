-- Where Guildbook drew the arms itself its own log counts: it was written before anything was done, and it holds those
-- who were left alone. Of the last day nothing counts yet, so that a day that is run again gives the same rows.
with

actions as (
    select * from {{ ref('stg_lake__actions') }}
    where campaign_id is not null
),

drawn as (
    select * from {{ source('ledger', 'action_assignments') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

own as (
    select
        drawn.campaign_id,
        drawn.member_id,
        drawn.kind,
        drawn.arm,
        coalesce(drawn.definition, 'inactivity') as definition,
        drawn.risk_band,
        drawn.day,
        1 - drawn.held_out_share as planned_treated_share
    from drawn
    inner join build on drawn.day < build.through_day
),

own_campaigns as (
    select distinct campaign_id from own
),

others as (
    select
        actions.campaign_id,
        actions.member_id,
        actions.kind,
        coalesce(actions.arm, 'treated') as arm,
        cast(null as string) as definition,
        cast(null as string) as risk_band,
        actions.event_day as day,
        {{ planned_treated_share('actions.campaign_id') }} as planned_treated_share
    from actions
    left join own_campaigns on actions.campaign_id = own_campaigns.campaign_id
    where own_campaigns.campaign_id is null
),

unioned as (
    select
        *,
        true as is_own
    from own
    union all
    select
        *,
        false as is_own
    from others
),

counted as (
    select
        unioned.*,
        row_number() over (
            partition by unioned.campaign_id, unioned.member_id
            order by unioned.day asc, unioned.arm desc, unioned.kind asc
        ) as assignment_rank,
        min(unioned.arm) over (partition by unioned.campaign_id, unioned.member_id)
        <> max(unioned.arm) over (partition by unioned.campaign_id, unioned.member_id) as is_in_both_arms
    from unioned
    left join excluded_spans
        on
            unioned.member_id = excluded_spans.member_id
            and unioned.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

final as (
    select
        campaign_id,
        member_id,
        kind,
        arm,
        definition,
        risk_band,
        planned_treated_share,
        is_own,
        is_in_both_arms,
        day
    from counted
    where assignment_rank = 1
)

select * from final
