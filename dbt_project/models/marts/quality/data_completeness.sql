with

logs as (
    select * from {{ ref('log_coverage') }}
),

deliveries as (
    select * from {{ ref('int_deliveries__days') }}
),

baselines as (
    select * from {{ ref('int_baselines__days') }}
    where rule = 'deliveries'
),

outages as (
    select * from {{ ref('int_deliveries__outages') }}
),

newcomers as (
    select * from {{ ref('int_community__newcomers') }}
),

breaks as (
    select * from {{ ref('int_community__identity_breaks') }}
),

dependents as (
    select
        d.log,
        nullif(d.marts, '') as marts
    from (
        values
        {%- for log, marts in var('marts_of_log').items() %}
            ('{{ log }}', '{{ marts | join(", ") }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as d (log, marts)
),

collected as (
    select
        deliveries.log,
        deliveries.is_held_out,
        outages.usual_rows,
        outages.chance_of_quiet,
        outages.is_outage and not deliveries.is_held_out as is_outage,
        newcomers.share_never_seen,
        newcomers.usual_share_never_seen,
        breaks.n_regulars_before,
        breaks.n_regulars_returned,
        breaks.usual_share_returning,
        case
            when newcomers.day is not null and breaks.day is null then false
            else breaks.is_identity_break
        end as is_identity_break,
        deliveries.day,
        case when not deliveries.is_held_out then deliveries.n_rows end as n_rows,
        case when not deliveries.is_held_out then deliveries.n_event_rows end as n_event_rows,
        case
            when baselines.n_weeks >= {{ var('completeness_least_weeks') }} then baselines.baseline
        end as expected_rows
    from deliveries
    inner join baselines on deliveries.log = baselines.series and deliveries.day = baselines.day
    inner join outages on deliveries.log = outages.log and deliveries.day = outages.day
    -- Who was active is known by the day of the interactions, so what it says stands beside them.
    left join newcomers on deliveries.log = 'interactions' and deliveries.day = newcomers.day
    left join breaks on deliveries.log = 'interactions' and deliveries.day = breaks.day
),

told as (
    select
        logs.log,
        logs.is_collected,
        collected.n_rows,
        collected.expected_rows,
        collected.n_event_rows,
        collected.usual_rows,
        collected.chance_of_quiet,
        collected.is_outage,
        collected.share_never_seen,
        collected.usual_share_never_seen,
        collected.n_regulars_before,
        collected.n_regulars_returned,
        collected.usual_share_returning,
        collected.is_identity_break,
        collected.is_held_out,
        collected.day,
        case
            when logs.is_collected then coalesce(collected.n_rows = 0 and collected.expected_rows >= 1, false)
        end as is_missing,
        case when not logs.is_collected then dependents.marts end as marts_without_it
    from logs
    left join collected on logs.log = collected.log
    left join dependents on logs.log = dependents.log
),

final as (
    select
        log,
        day,
        is_collected,
        n_rows,
        expected_rows,
        is_missing,
        n_event_rows,
        usual_rows,
        chance_of_quiet,
        is_outage,
        share_never_seen,
        usual_share_never_seen,
        n_regulars_before,
        n_regulars_returned,
        usual_share_returning,
        is_identity_break,
        is_held_out,
        marts_without_it
    from told
)

select * from final
