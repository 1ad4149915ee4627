"""Footage that an edge recorder has and the centre lacks: what is asked for, and how it comes in."""
