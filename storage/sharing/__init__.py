"""Lets several storage processes of one index and one object store share the work."""
