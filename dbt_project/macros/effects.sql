{#
    What a random experiment says about the difference of two shares, `s1` of `n1` less `s2` of `n2`. All results are
    rounded, so that their last digits depend on no engine.

    Newcombe's interval (method 10): the squared distances from each share to the ends of its Wilson interval are added.
    It holds for small n and for shares of none or all, where a mean plus or minus two standard errors does not. It holds
    on one day that was named beforehand, not on every morning.
#}
{% macro newcombe_low(s1, n1, s2, n2, z) -%}
    round({{ share(s1, n1) }} - {{ share(s2, n2) }} - sqrt(
        power({{ share(s1, n1) }} - {{ wilson_low(s1, n1, z) }}, 2)
        + power({{ wilson_high(s2, n2, z) }} - {{ share(s2, n2) }}, 2)
    ), 8)
{%- endmacro %}

{% macro newcombe_high(s1, n1, s2, n2, z) -%}
    round({{ share(s1, n1) }} - {{ share(s2, n2) }} + sqrt(
        power({{ wilson_high(s1, n1, z) }} - {{ share(s1, n1) }}, 2)
        + power({{ share(s2, n2) }} - {{ wilson_low(s2, n2, z) }}, 2)
    ), 8)
{%- endmacro %}

{#
    z that a normal value exceeds with a small chance, of 1e-10 to 0.07: the tail of Wichura's algorithm AS 241 (Applied
    Statistics 37, 1988) in its shorter form, exact to seven digits.
#}
{% macro normal_exceeded(chance) -%}
    {%- set r = '(sqrt(-ln(' ~ chance ~ ')) - 1.6e0)' -%}
    ((((0.17023821103e0 * {{ r }} + 1.3067284816e0) * {{ r }} + 2.75681539e0) * {{ r }} + 1.4234372777e0)
    / ((0.12021132975e0 * {{ r }} + 0.7370016425e0) * {{ r }} + 1e0))
{%- endmacro %}

{% macro share(successes, n) -%} (cast({{ successes }} as double) / nullif({{ n }}, 0)) {%- endmacro %}

{#
    Variance of the difference: the larger of the one with a share per arm, each with one success and one failure more,
    and the one with a common share, likewise. The first alone shows effects too often where the arms are 90:10, as
    simulations say; the second alone is too small where the arms differ.
#}
{% macro difference_variance(s1, n1, s2, n2) -%}
    {%- set s = '((' ~ s1 ~ ') + (' ~ s2 ~ '))' -%}
    {%- set n = '((' ~ n1 ~ ') + (' ~ n2 ~ '))' -%}
    greatest(
        {{ _variance_of_share(s1, n1, n1) }} + {{ _variance_of_share(s2, n2, n2) }},
        {{ _variance_of_share(s, n, n1) }} + {{ _variance_of_share(s, n, n2) }}
    )
{%- endmacro %}

{% macro _variance_of_share(s, n, members) -%}
    (({{ s }}) + 1e0) * (({{ n }}) - ({{ s }}) + 1e0) / power(({{ n }}) + 2e0, 2) / nullif({{ members }}, 0)
{%- endmacro %}

{#
    Half the width of an anytime-valid interval at 1 - `alpha`: Robbins' normal mixture, as in Waudby-Smith, Arbour,
    Sinha, Kennedy & Ramdas, Time-uniform central limit theory and asymptotic confidence sequences (Annals of
    Statistics 52, 2024), with 1 / variance as the time. It holds on all days at once, so it may be looked at every
    morning. `mixture_sd` says for which size of effect it is narrowest.
#}
{% macro anytime_half_width(variance, alpha) -%}
    {%- set tau2 = var('action_effects').mixture_sd ** 2 -%}
    sqrt(({{ variance }}) * (1e0 + ({{ variance }}) / {{ tau2 }}e0) * ln(
        (1e0 + {{ tau2 }}e0 / ({{ variance }})) / power({{ alpha }}, 2)
    ))
{%- endmacro %}

{#
    Logarithm of the same mixture's e-value against no effect: it is above ln(1 / alpha) where the interval at 1 - alpha
    leaves out 0, and nowhere else.
#}
{% macro log_evidence(effect, variance) -%}
    {%- set tau2 = var('action_effects').mixture_sd ** 2 -%}
    (
        power({{ effect }}, 2) * {{ tau2 }}e0 / (2e0 * ({{ variance }}) * (({{ variance }}) + {{ tau2 }}e0))
        - ln(1e0 + {{ tau2 }}e0 / ({{ variance }})) / 2e0
    )
{%- endmacro %}

{#
    The smallest true difference that an interval of this half-width shows with a chance of 80 %: the half-width and z.80
    standard errors.
#}
{% macro minimum_detectable_effect(half_width, variance) -%}
    {{ within_one('(' ~ half_width ~ ') + 0.8416212335729143e0 * sqrt(' ~ variance ~ ')') }}
{%- endmacro %}

{# No two shares differ by more than 1; null stays null. #}
{% macro within_one(difference) -%}
    case when ({{ difference }}) is not null then greatest(-1e0, least(1e0, round({{ difference }}, 8))) end
{%- endmacro %}

{#
    Logarithm of the e-value against the planned share of treated members: a mixture over Beta shares around it, as in
    Lindon & Malek, Anytime-valid inference for multinomial count data (NeurIPS 2022), for two arms. 1 / e is a p that may
    be looked at every morning. A share of none or all plans no draw, and says nothing.
#}
{% macro log_ratio_evidence(n1, n, planned) -%}
    {%- set a = var('action_effects').ratio_concentration -%}
    {%- set p = '(' ~ planned ~ ')' -%}
    case
        when {{ p }} > 0 and {{ p }} < 1
            then
                lgamma(({{ n1 }}) + {{ a }}e0 * {{ p }}) - lgamma({{ a }}e0 * {{ p }})
                + lgamma(({{ n }}) - ({{ n1 }}) + {{ a }}e0 * (1e0 - {{ p }})) - lgamma({{ a }}e0 * (1e0 - {{ p }}))
                + lgamma({{ a }}e0) - lgamma(({{ n }}) + {{ a }}e0)
                - ({{ n1 }}) * ln({{ p }}) - (({{ n }}) - ({{ n1 }})) * ln(1e0 - {{ p }})
    end
{%- endmacro %}

{# The planned share of treated members in a campaign whose arms somebody else drew, by GUILDBOOK_TREATED_SHARES. #}
{% macro planned_treated_share(campaign_id) -%}
    {%- set named -%}
        {%- for pair in treated_shares() -%}
            {%- set campaign, share = pair.rsplit('=', 1) -%}
            when {{ campaign_id }} = '{{ campaign | trim | replace("'", "''") }}' then {{ share | float }}e0{{ ' ' }}
        {%- endfor -%}
    {%- endset -%}
    case {{ named }}when true then {{ var('action_effects').planned_treated_share }}e0 end
{%- endmacro %}
