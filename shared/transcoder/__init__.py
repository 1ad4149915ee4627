"""A stream's pictures made into H.264 that every browser shows, in a process of its own: see ADR 16.

`python -m shared.transcoder` is started by mux and by storage (`shared.transcoding.process`), which never
import it: they have no media library in them.
"""
