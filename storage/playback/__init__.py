"""Recorded footage for players."""
