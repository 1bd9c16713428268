{% macro without_missing_titles(column) -%}
    {%- set named = "regexp_replace(" ~ column ~ ", '“nan”(; |、)?', '', 'g')" -%}
    {%- set ended = "regexp_replace(" ~ named ~ ", '(; |、)([.。])$', '\\2')" -%}
    replace(
        replace({{ ended }}, 'Send: .', 'Send something worth reading.'), '推送：。', '推送值得一读的内容。'
    )
{%- endmacro %}
