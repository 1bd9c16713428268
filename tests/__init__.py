"""The tests: a package, so that they can import what lies in ``tests.support``."""
