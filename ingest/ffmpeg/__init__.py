"""Cameras read by FFmpeg, which connects to our relay alone. No other part of ingest proper knows `av`."""
