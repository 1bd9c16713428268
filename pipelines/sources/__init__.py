"""What a community's platforms hold, fetched on a schedule: raw answers kept as delivered, and tables for a mapping."""
