{#
    All versions of a log with the days on which each was the one to believe: the version wins on every day T with
    known_from <= T < known_to. It is known from the later of its event day and its log day, and until a better version
    of its key (by the order of winning_versions) is known. So any T sees what it saw then, from one pass over the log.
    Filter with op = 'upsert' afterwards: a delete ends the interval of what it withdraws.
#}
{% macro known_versions(relation, key) %}
    select *
    from (
        select
            *,
            coalesce(
                min(greatest(event_day, log_day)) over (
                    partition by source, {{ key | join(', ') }}
                    order by source_seq desc nulls last, log_day desc, {{ relation_hash(relation) }} desc
                    rows between unbounded preceding and 1 preceding
                ),
                date '9999-12-31'
            ) as known_to,
            greatest(event_day, log_day) as known_from
        from {{ relation }}
    )
    where known_from < known_to
{% endmacro %}
