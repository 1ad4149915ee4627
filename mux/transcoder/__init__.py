"""Streams that browsers cannot show, made into H.264 by a child process a stream.

The child (`python -m mux.transcoder`) is the only part of mux that knows a media library: see ADR 16.
"""
