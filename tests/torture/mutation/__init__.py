"""Small changes of sources, one at a time, each of which a test has to notice."""
