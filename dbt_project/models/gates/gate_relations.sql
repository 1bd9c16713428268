with

unioned as (
    {% for subject in ['interactions', 'content', 'events', 'members', 'payments', 'subscriptions'] %}
        select * from {{ ref('int_relations__' ~ subject) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

past as (
    select
        rule,
        log,
        sum(n_rows - n_new_rows) as n_past_rows,
        sum(n_broken - n_new_broken) as n_past_broken
    from unioned
    group by rule, log
),

final as (
    select
        unioned.rule,
        unioned.log,
        unioned.n_new_rows as n_rows,
        unioned.n_new_broken as n_broken,
        cast(past.n_past_rows as bigint) as n_past_rows,
        cast(past.n_past_broken as bigint) as n_past_broken,
        unioned.new_examples as examples,
        unioned.log_day as day
    from unioned
    inner join past on unioned.rule = past.rule and unioned.log = past.log
    where unioned.n_new_rows > 0
)

select * from final
