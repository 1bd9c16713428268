{% set needs = var('need_interactions') | map(attribute='need') | list %}

-- What a member came for: of the needs stated, or of all where none was, the one that spoke on the most days of the
-- period's month and the two before it. Of equals the first in the variable's order.
with

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

need_months as (
    select * from {{ ref('int_members__need_months') }}
),

stated_needs as (
    select * from {{ ref('int_members__stated_needs') }}
),

shown as (
    select
        need_months.member_id,
        {% for need in needs %}
            sum(need_months.n_{{ need }}_days) as n_{{ need }}_days,
        {% endfor %}
        periods.day
    from periods
    inner join need_months
        on need_months.day between {{ add_months('periods.period_month', -2) }} and periods.period_month
    group by need_months.member_id, periods.day
),

stated as (
    select
        stated_needs.*,
        periods.day
    from periods
    inner join stated_needs on periods.day between stated_needs.from_day and stated_needs.to_day
),

weighed as (
    select
        coalesce(stated.member_id, shown.member_id) as member_id,
        stated.member_id is not null as is_stated,
        {% for need in needs %}
            case
                when coalesce(stated.has_{{ need }}, true) then coalesce(shown.n_{{ need }}_days, 0)
                else -1
            end as {{ need }},
        {% endfor %}
        coalesce(stated.day, shown.day) as day
    from stated
    full outer join shown on stated.member_id = shown.member_id and stated.day = shown.day
),

compared as (
    select
        *,
        greatest({{ needs | join(', ') }}) as most
    from weighed
),

final as (
    select
        member_id,
        case
            {% for need in needs %}
                when {{ need }} = most then '{{ need }}'
            {% endfor %}
        end as need,
        case when is_stated then 'survey' else 'behaviour' end as need_source,
        day
    from compared
    where is_stated or most > 0
)

select * from final
