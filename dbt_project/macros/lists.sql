{% macro in_list(values) -%} ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %}) {%- endmacro %}
