{#
    Wilson's 95 % interval of a share, successes / n: within 0 and 1, and of use with few or no successes. Null for n = 0.
    Rounded, so that its last bits depend on no engine.
#}
{% macro wilson_low(successes, n) -%} {{ wilson_bound(successes, n, '-') }} {%- endmacro %}

{% macro wilson_high(successes, n) -%} {{ wilson_bound(successes, n, '+') }} {%- endmacro %}

{% macro wilson_bound(successes, n, sign) -%}
    {%- set z = 1.959964 -%}
    case
        when ({{ n }}) > 0 then
            round(greatest(0.0, least(1.0, (
                ({{ successes }}) + {{ z * z / 2 }}
                {{ sign }} {{ z }} * sqrt(
                    cast(({{ successes }}) as double) * (({{ n }}) - ({{ successes }})) / ({{ n }}) + {{ z * z / 4 }}
                )
            ) / (({{ n }}) + {{ z * z }}))), 9)
    end
{%- endmacro %}
