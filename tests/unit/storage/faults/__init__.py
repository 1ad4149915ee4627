"""Faults at every step of every procedure of a segment's life."""
