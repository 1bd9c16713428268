{#
    At most how probable it is that a count is so small by chance: Chernoff's bound, in closed form and exact at zero.
    It is 1 where the count is not below what is expected.
#}
{% macro chance_of_so_few(n, mean, evenness) -%}
    case
        when {{ n }} >= {{ mean }} then 1e0
        else exp(
            case when {{ n }} > 0 then {{ n }} * ln({{ mean }} / {{ n }}) else 0 end
            + ({{ evenness }} + {{ n }}) * ln(({{ evenness }} + {{ n }}) / ({{ evenness }} + {{ mean }}))
        )
    end
{%- endmacro %}

{% macro chance_of_so_few_of(n, total, share) -%}
    case
        when {{ n }} >= {{ share }} * {{ total }} then 1e0
        else exp(
            case when {{ n }} > 0 then {{ n }} * ln({{ share }} * {{ total }} / {{ n }}) else 0 end
            + ({{ total }} - {{ n }}) * ln((1 - {{ share }}) * {{ total }} / ({{ total }} - {{ n }}))
        )
    end
{%- endmacro %}
