{# From links to persons, and from ids to persons: see docs/identity.md. #}

{% macro identity_pairs() %}
    select
        source,
        source_seq,
        op,
        least(member_a, member_b) as member_a,
        greatest(member_a, member_b) as member_b,
        occurred_at,
        relation,
        valid_from,
        revoked_at,
        extra,
        event_day,
        log_day
    from {{ source('lake', 'identity_links') }}
{% endmacro %}

{% macro link_stands(day) -%}
    coalesce(valid_from, event_day) <= {{ day }}
    and (revoked_at is null or {{ local_day('revoked_at') }} > {{ day }})
{%- endmacro %}

{% macro by_person(step, column='member_id') %}
    select
        {{ step }}.*,
        coalesce(persons.person_id, {{ step }}.{{ column }}) as person_id
    from {{ step }}
    left join {{ ref('persons') }} as persons on {{ step }}.{{ column }} = persons.member_id
{% endmacro %}

{% macro known_by_person(step, columns, ids=['member_id']) -%}
    {%- set kept -%}{% for column in columns %}{{ step }}.{{ column }}, {% endfor %}{%- endset -%}
    {%- set named -%}
        {% for id in ids %}coalesce({{ id }}_persons.person_id, {{ step }}.{{ id }}) as {{ id }}, {% endfor %}
    {%- endset -%}
    {%- set known_from -%}
        greatest({{ step }}.known_from{% for id in ids %}, {{ id }}_persons.known_from{% endfor %})
    {%- endset -%}
    {%- set known_to -%}
        least({{ step }}.known_to{% for id in ids %}, {{ id }}_persons.known_to{% endfor %})
    {%- endset -%}
    {%- set persons -%}
        {% for id in ids %}
            left join {{ ref('int_churn_persons') }} as {{ id }}_persons
                on
                    {{ step }}.{{ id }} = {{ id }}_persons.member_id
                    and {{ step }}.known_from < {{ id }}_persons.known_to
                    and {{ step }}.known_to > {{ id }}_persons.known_from
        {% endfor %}
    {%- endset -%}
    select {{ kept }} {{ named }} {{ known_from }} as known_from, {{ known_to }} as known_to
    from {{ step }} {{ persons }}
    where {{ known_from }} < {{ known_to }}
{%- endmacro %}
