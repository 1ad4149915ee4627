"""Puts playback together: what may be shown, and what is transcoded for browsers."""

from shared.clock import Clock
from shared.transcoding.limits import Limits
from shared.transcoding.process import Child, ChildProcess, Spawn
from storage.lifecycle.archive import Archive
from storage.metrics import ReadMetrics
from storage.playback.catalogue import Catalogue, Elsewhere
from storage.playback.thumbnails import Thumbnails
from storage.playback.transcoding import Transcodings
from storage.recording.recorder import Recorder

# Clear enough to look for somebody; what is kept as evidence is the recording, which stays as it is.
_TRANSCODED = Limits(longest_side=1280, fps=50, kbps=4000, every=True)
_STILLS = Limits(longest_side=320, stills=True)


async def _spawn_for_stills() -> Child:
    return await ChildProcess.spawn(_STILLS)


def compose_catalogue(
    archive: Archive, recorder: Recorder, clock: Clock, elsewhere: Elsewhere | None = None
) -> Catalogue:
    """Over what is finished and what is growing, in other processes too where there are any."""
    rows, shown, interruptions = archive.rows, archive.shown, archive.interruptions
    return Catalogue(rows, shown, interruptions, recorder, archive.places, clock, elsewhere)


def compose_thumbnails(
    archive: Archive, catalogue: Catalogue, metrics: ReadMetrics, spawn: Spawn = _spawn_for_stills
) -> Thumbnails:
    """In a process of their own, while anybody asks."""
    thumbnails = Thumbnails(catalogue, archive.rows, spawn, metrics)
    metrics.thumbnail_bytes.set_function(lambda: thumbnails.kept_bytes)
    return thumbnails


def compose_transcodings(most: int) -> Transcodings:
    """At most so many at a time, each in a process of its own."""
    return Transcodings(most, lambda: ChildProcess.spawn(_TRANSCODED))
