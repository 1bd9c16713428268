{#
    Unseen are line ends, controls, and marks without width or that turn the direction of text. Joiners stay: emoji and
    Persian need them.
#}
{% macro shown_name(column) -%}
    {%- set marks = '\\x{ad}\\x{61c}\\x{180e}\\x{200b}\\x{200e}\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}' -%}
    {%- set unseen = '[\\s\\p{Cc}\\x{feff}\\x{fff9}-\\x{fffb}' ~ marks ~ ']+' -%}
    nullif(trim(left(trim({{ replaced_all(column, unseen, ' ') }}), 100)), '')
{%- endmacro %}

{% macro web_address(column) -%}
    case
        when {{ matches_whole(column, var('web_address')) }} and length({{ column }}) <= 2000 then {{ column }}
    end
{%- endmacro %}
