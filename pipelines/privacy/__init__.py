"""Who may read a home, what stands in for its members' ids, the keys that this takes, and who was erased."""
