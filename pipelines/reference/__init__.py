"""Documents that code and dbt's YAML are the source of: the reference pages, the marts' interface, dbt's own site."""
