{# All comments in one statement. A contract says that the columns are those of the model, so nobody looks them up. #}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {% for name, column in column_dict.items() %}
        comment on column {{ relation }}.{{ adapter.quote(name) }} is '{{ column.description | replace("'", "''") }}';
    {% endfor %}
{% endmacro %}
