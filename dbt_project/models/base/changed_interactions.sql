-- Only the days whose delivered rows changed since the last completed run: the log is large, and its rows never move in
-- time. Few interactions have more than one version. These are found by their key alone, and only they are ranked: a
-- window over all interactions would hold the whole log in memory.
with

{{ interaction_versions(ref('changed_interaction_days')) }},

repeated_keys as (
    select {{ key_hash(['event_day', 'source', 'interaction_id']) }} as version_key
    from changed
    group by {{ key_hash(['event_day', 'source', 'interaction_id']) }}
    having count(*) > 1
),

single_versions as (
    select changed.*
    from changed
    left join repeated_keys
        on {{ key_hash(['changed.event_day', 'changed.source', 'changed.interaction_id']) }} = repeated_keys.version_key
    where repeated_keys.version_key is null
),

several_versions as (
    select changed.*
    from changed
    inner join repeated_keys
        on {{ key_hash(['changed.event_day', 'changed.source', 'changed.interaction_id']) }} = repeated_keys.version_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_day, source, interaction_id
            order by {{ best_version_first('interactions') }}
        ) as version_rank
    from several_versions
),

winning as (
    select
        source,
        interaction_id,
        kind,
        member_id,
        content_id,
        event_id,
        target_member_id,
        channel,
        occurred_at,
        op,
        event_day
    from single_versions
    union all
    select
        source,
        interaction_id,
        kind,
        member_id,
        content_id,
        event_id,
        target_member_id,
        channel,
        occurred_at,
        op,
        event_day
    from ranked
    where version_rank = 1
),

persons as (
    {{ by_person('winning') }}
    where winning.op = 'upsert'
),

flagged as (
    select
        *,
        target_member_id is not null and kind in {{ responding_interactions() }} as is_reply
    from persons
),

-- Few interactions are replies to somebody, and only of these it is written which one it was and to whom.
final as (
    select
        kind,
        person_id as member_id,
        content_id,
        event_id,
        occurred_at,
        source,
        case when is_reply then interaction_id end as interaction_id,
        case when is_reply then target_member_id end as target_member_id,
        channel,
        event_day as day
    from flagged
)

select * from final
