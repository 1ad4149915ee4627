"""Modules without a test of their name, which `test_namesakes.py` wants."""

NOT_YET: frozenset[str] = frozenset()
