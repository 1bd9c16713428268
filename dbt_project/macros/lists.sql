{# A list of texts as the right side of `in`. #}
{% macro in_list(values) -%} ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %}) {%- endmacro %}
