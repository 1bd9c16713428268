"""Running dbt on the warehouse: what has to be built, and the building. The SQL itself is in ``dbt_project``."""
