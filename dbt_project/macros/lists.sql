{% macro in_list(values) -%}
    ({% for value in values %}{{ text(value) }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro double(number) -%} {{ number if 'e' in number | string else number ~ 'e0' }} {%- endmacro %}
