"""Measurements that anyone can repeat: each compares ways of doing the same work in one run. Nothing imports this."""
