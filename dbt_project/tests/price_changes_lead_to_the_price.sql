-- A piece's price changes follow on one another, and the last one leads to the price that it has now.
with

changes as (
    select
        *,
        lead(old_price_minor) over in_order as next_old_price_minor,
        row_number() over (partition by content_id order by change_day desc) = 1 as is_last
    from {{ ref('price_changes') }}
    window in_order as (partition by content_id order by change_day)
)

select
    changes.content_id,
    changes.change_day
from changes
inner join {{ ref('dim_content') }} as dim_content on changes.content_id = dim_content.content_id
where
    (not changes.is_last and changes.new_price_minor is distinct from changes.next_old_price_minor)
    or (
        changes.is_last
        and changes.new_price_minor is distinct from case
            when changes.direction <> 'became_free' then dim_content.price_minor
        end
    )
