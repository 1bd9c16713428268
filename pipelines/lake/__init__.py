"""The lake's own tools: whole-file writes, DuckDB connections, ledgers, empty sources. No mart logic."""
