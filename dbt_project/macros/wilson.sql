{% macro wilson_low(successes, n, z='1.959963984540054e0') -%}
    case when ({{ successes }}) = 0 and ({{ n }}) > 0 then 0e0 else {{ wilson_bound(successes, n, '-', z) }} end
{%- endmacro %}

{% macro wilson_high(successes, n, z='1.959963984540054e0') -%}
    case when ({{ successes }}) = ({{ n }}) and ({{ n }}) > 0 then 1e0 else {{ wilson_bound(successes, n, '+', z) }} end
{%- endmacro %}

{% macro wilson_bound(successes, n, sign, z) -%}
    round((
        ({{ successes }}) + power({{ z }}, 2) / 2
        {{ sign }} {{ z }} * sqrt(
            cast({{ successes }} as double) * (({{ n }}) - ({{ successes }})) / nullif({{ n }}, 0) + power({{ z }}, 2) / 4
        )
    ) / (({{ n }}) + power({{ z }}, 2)), 9)
{%- endmacro %}
