"""The same tables on every engine: what ``make parity`` builds on servers that it starts, and compares."""
