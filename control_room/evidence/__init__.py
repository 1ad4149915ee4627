"""Recordings handed over or held: orders to storage."""
