{% macro winning_versions(relation, key, log) %}
    select *
    from (
        select
            *,
            row_number() over (
                partition by source, {{ key | join(', ') }}
                order by {{ best_version_first(log) }}
            ) as version_rank
        from {{ relation }}
    ) as ranked
    where version_rank = 1 and op = 'upsert'
{% endmacro %}

{% macro best_version_first(log) -%}
    source_seq desc nulls last, log_day desc
    {%- for column in var('version_columns')[log] %}, {{ column }} desc nulls last{% endfor %}
{%- endmacro %}

{% macro best_version_last(step, log) -%}
    {{ step }}.source_seq asc nulls first, {{ step }}.log_day
    {%- for column in var('version_columns')[log] %}, {{ step }}.{{ column }} nulls first{% endfor %}
{%- endmacro %}

{% macro interaction_versions(days) -%}
    changed_days as (
        select day from {{ days }}
    ),

    manifest as (
        select * from {{ source('control', 'manifest') }}
    ),

    -- The parts to open: without this list every file of the log's history would be.
    changed_parts as (
        select distinct manifest.log_day
        from manifest
        inner join changed_days on manifest.event_day = changed_days.day
        where manifest.log = 'interactions'
    ),

    changed as{{ inlined() if flags.FULL_REFRESH }} (
        select interactions.*
        from {{ source('lake', 'interactions') }} as interactions
        where
            interactions.log_day in (select changed_parts.log_day from changed_parts)
            and interactions.event_day in (select changed_days.day from changed_days)
    )
{%- endmacro %}
