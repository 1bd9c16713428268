-- Who is on the list without a draw in the log is not shown.
with

lists as (
    select * from {{ source('ledger', 'retention_actions') }}
),

drawn as (
    select * from {{ source('ledger', 'action_assignments') }}
),

final as (
    select
        lists.day,
        lists.member_id,
        lists.rank,
        lists.campaign_id,
        drawn.arm,
        lists.kind,
        {{ without_missing_titles('lists.suggestion_en') }} as suggestion_en,
        {{ without_missing_titles('lists.suggestion_zh') }} as suggestion_zh,
        lists.content_ids,
        lists.suggested_by,
        lists.event_id,
        lists.definition,
        lists.probability,
        lists.risk_band,
        lists.least_risk,
        lists.capacity,
        lists.reasons_en,
        lists.reasons_zh,
        lists.model_version,
        lists.value_basis,
        lists.value_minor,
        lists.currency,
        lists.term_end,
        lists.weight,
        lists.score,
        lists.ranked_by,
        lists.ranked_because_en,
        lists.ranked_because_zh,
        drawn.held_out_share,
        drawn.hash_version,
        drawn.key_id,
        lists.run_id,
        lists.made_at
    from lists
    inner join drawn
        on
            lists.day = drawn.day
            and lists.campaign_id = drawn.campaign_id
            and lists.member_id = drawn.member_id
)

select * from final
