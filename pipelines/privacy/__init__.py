"""Who may read a home, what stands in for its members' ids, and the keys that this takes."""
