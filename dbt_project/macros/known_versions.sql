{#
    All versions of a log with the days on which each was the one to believe: the version wins on every day T with
    known_from <= T < known_to. It is known from the later of its event day and its log day, and until a better version
    of its key (by the order of winning_versions) is known. So any T sees what it saw then.
    Filter with op = 'upsert' afterwards: a delete ends the interval of what it withdraws.
    Few keys have more than one version. These are found by their hash, and only they are ranked: a window over all rows
    would sort the whole log.
#}
{% macro known_versions(relation, key) %}
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
                    order by source_seq desc nulls last, log_day desc, {{ relation_hash('several_versions') }} desc
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
