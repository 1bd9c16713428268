"""The engine Spark: a server builds the tables of the warehouse from the lake, and what Python reads is copied."""
