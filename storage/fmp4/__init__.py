"""Fragmented and plain MP4 (ISO/IEC 14496-12, -15) of one video track, written and read by hand.

Nothing here opens files by itself, knows of recordings, or looks at pictures.
"""
