"""Links between ids of one person: stating them, taking them back, and what one would change. The SQL is dbt's."""
