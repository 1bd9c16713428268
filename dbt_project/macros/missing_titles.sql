{#
    Lists made by an earlier version called a piece without a title “nan”. They are kept as they were made and shown without
    it; the ids of the pieces stand beside.
#}
{% macro without_missing_titles(column) -%}
    {%- set named = "regexp_replace(" ~ column ~ ", '“nan”(; |、)?', '', 'g')" -%}
    {%- set ended = "regexp_replace(" ~ named ~ ", '(; |、)([.。])$', '\\2')" -%}
    replace(
        replace({{ ended }}, 'Send: .', 'Send something worth reading.'), '推送：。', '推送值得一读的内容。'
    )
{%- endmacro %}
