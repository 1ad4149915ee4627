"""Cameras read by FFmpeg, which connects to a relay of ours alone. No other part of ingest proper knows `av`."""
