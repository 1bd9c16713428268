{% macro without_missing_titles(column) -%}
    {%- set named = replaced_all(column, '“nan”(; |、)?', '') -%}
    {%- set ended = replaced_all(named, '(; |、)([.。])$', '\\2') -%}
    replace(
        replace({{ ended }}, 'Send: .', 'Send something worth reading.'), '推送：。', '推送值得一读的内容。'
    )
{%- endmacro %}
