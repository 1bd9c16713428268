"""Faults made on purpose, each from a seed: ``make torture``, and a small part of it in ``make test``."""
