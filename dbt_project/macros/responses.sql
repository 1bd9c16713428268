{# What a response is: an answer or a comment, written or only logged as an interaction. #}
{% macro responding_interactions() -%}
    {%- set found = namespace(kinds=[]) -%}
    {%- for kind in var('response_kinds') -%}
        {%- set found.kinds = found.kinds + var('authored_interactions')[kind] -%}
    {%- endfor -%}
    {{ in_list(found.kinds) }}
{%- endmacro %}

{% macro standing_pieces() %}
    select
        content.*,
        excluded_spans.role as excluded_role
    from {{ ref('stg_lake__content') }} as content
    inner join {{ source('control', 'build') }} as build on content.published_day <= build.through_day
    left join {{ ref('int_members__excluded_spans') }} as excluded_spans
        on
            content.author_id = excluded_spans.member_id
            and content.published_day between excluded_spans.from_day and excluded_spans.to_day
    where content.deleted_at is null
{% endmacro %}
