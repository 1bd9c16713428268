{% macro known_versions(relation, key, log) %}
    with

    repeated_keys as (
        select {{ key_hash(['source'] + key) }} as version_key
        from {{ relation }}
        group by {{ key_hash(['source'] + key) }}
        having count(*) > 1
    ),

    single_versions as (
        select versions.*
        from {{ relation }} as versions
        left join repeated_keys on {{ key_hash(['source'] + key) }} = repeated_keys.version_key
        where repeated_keys.version_key is null
    ),

    several_versions as (
        select versions.*
        from {{ relation }} as versions
        inner join repeated_keys on {{ key_hash(['source'] + key) }} = repeated_keys.version_key
    ),

    ranked as (
        select
            *,
            greatest(event_day, log_day) as known_from,
            coalesce(
                min(greatest(event_day, log_day)) over (
                    partition by source, {{ key | join(', ') }}
                    order by {{ best_version_first(log) }}
                    rows between unbounded preceding and 1 preceding
                ),
                date '9999-12-31'
            ) as known_to
        from several_versions
    )

    select
        *,
        greatest(event_day, log_day) as known_from,
        date '9999-12-31' as known_to
    from single_versions
    union all
    select *
    from ranked
    where known_from < known_to
{% endmacro %}
