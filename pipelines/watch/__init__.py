"""Watching over runs from outside: which are alive, how long one may take, and what becomes of one that died."""
