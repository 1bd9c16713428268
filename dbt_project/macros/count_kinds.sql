{% macro count_kinds(step) -%}
    sum(case when kind in {{ in_list(var('content_kinds')) }} then {{ step }} else 0 end) as n_contents,
    sum(
        case when kind in {{ in_list(var('content_kinds') + var('read_kinds')) }} then cast(0 as bigint) else {{ step }} end
    ) as n_interactions,
    sum(case when kind in ('reply', 'answer', 'comment') then {{ step }} else 0 end) as n_replies,
    sum(case when kind in {{ in_list(['ask'] + var('content_kinds')) }} then {{ step }} else 0 end) as n_starts,
    sum(case when kind in {{ in_list(var('read_kinds')) }} then {{ step }} else 0 end) as n_reads
{%- endmacro %}
