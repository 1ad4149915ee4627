"""A closed file of the spool: cut to what is whole in it, made to last, and read for its row."""

from pathlib import Path

from shared.errors import BadInput
from shared.log import get_logger
from storage.fmp4.reader import read_layout
from storage.model.segment import Segment, SegmentState
from storage.recording.quarantine import Quarantine
from storage.recording.remains import is_blank, is_tear
from storage.recording.spool import Spool
from storage.recording.spool_file import SpoolFile
from storage.recording.survey import segment_of

_DAMAGED = "damaged in its midst: what follows is set aside"


class Sealer:
    """Each call blocks, may be repeated, and raises OSError."""

    def __init__(self, spool: Spool, quarantine: Quarantine) -> None:
        self._spool = spool
        self._quarantine = quarantine
        self._log = get_logger("storage")

    def seal(self, key: str, written: Segment | None = None) -> Segment | None:
        """What the index should say of a file, which lasts if its name does; None where nothing is readable.

        `written` is what its writer knows of it: believed where the file is as long as that says.
        """
        path, size = self._spool.path(key), self._spool.size(key)
        if size is None:
            return None
        if written is not None and written.size == size:
            self._spool.disk.sync(path)
            return written
        with self._spool.opened(key) as file:
            return self._read(path, key, file)

    def _read(self, path: Path, key: str, file: SpoolFile) -> Segment | None:
        try:
            layout = read_layout(file.read, file.size)
            # Parameters that name no codec make no row: tried again for ever, they would keep recovery open.
            codec = layout.description.codec_string
        except BadInput as error:
            if is_blank(file):
                self._log.warning("spool-file-without-head", key=key, reason=error.detail)
                self._spool.disk.remove(path)
            else:
                self._quarantine.take(path, error.detail)
            return None
        if not layout.fragments:
            if is_tear(file, len(layout.init)):
                self._spool.disk.remove(path)
            else:
                self._quarantine.take(path, "damaged right behind its head")
            return None
        if not self._cut(path, file, layout.end, key):
            return None
        self._spool.disk.sync(path)
        return segment_of(
            lambda at, size: file.read(at, min(size, layout.end - at)),
            layout.end,
            key,
            layout,
            codec,
            SegmentState.CLOSED,
        )

    def _cut(self, path: Path, file: SpoolFile, whole: int, key: str) -> bool:
        """Cut what follows the last whole fragment; False where that is no mere tear and finds no room."""
        stored = file.stored_at(whole)
        if stored is None:
            # No writer of ours ends a fragment in the midst of a write.
            self._quarantine.take(path, _DAMAGED)
            return False
        torn = path.stat().st_size - stored
        if not torn:
            return True
        if not is_tear(file, whole) and not self._quarantine.take_tail(
            path, stored, _DAMAGED, head=file.head
        ):
            return False
        self._log.warning("torn-segment-cut", key=key, cut_bytes=torn)
        self._spool.cut(key, stored)
        return True
