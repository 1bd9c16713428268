{#
    Wilson's 95 % interval of a share, successes / n: within 0 and 1, and of use with few or no successes. Null for n = 0.
    Rounded, so that its last bits depend on no engine.
#}
{% macro wilson_low(successes, n) -%} {{ wilson_bound(successes, n, '-') }} {%- endmacro %}

{% macro wilson_high(successes, n) -%} {{ wilson_bound(successes, n, '+') }} {%- endmacro %}

{% macro wilson_bound(successes, n, sign) -%}
    {%- set z = 1.959964 -%}
    {%- set spread -%}
        sqrt(cast(({{ successes }}) as double) * (({{ n }}) - ({{ successes }})) / ({{ n }}) + {{ z * z / 4 }})
    {%- endset -%}
    {%- set bound -%}
        (({{ successes }}) + {{ z * z / 2 }} {{ sign }} {{ z }} * {{ spread }}) / (({{ n }}) + {{ z * z }})
    {%- endset -%}
    case when ({{ n }}) > 0 then round(greatest(0.0, least(1.0, {{ bound }})), 9) end
{%- endmacro %}
