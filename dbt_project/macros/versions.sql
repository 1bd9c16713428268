{% macro winning_versions(relation, key) %}
    select *
    from (
        select
            *,
            row_number() over (
                partition by source, {{ key | join(', ') }}
                order by source_seq desc nulls last, log_day desc, {{ relation_hash(relation) }} desc
            ) as version_rank
        from {{ relation }}
    ) as ranked
    where version_rank = 1 and op = 'upsert'
{% endmacro %}
