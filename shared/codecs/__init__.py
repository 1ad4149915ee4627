"""Coded video as its standards write it: pure functions of bytes, no media library."""
