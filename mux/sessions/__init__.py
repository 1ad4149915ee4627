"""Viewers and their tiles, from admission to their end."""
