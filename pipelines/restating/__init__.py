"""Figures of the past that a run changes after they were published: which ones, by how much, and what caused it."""
