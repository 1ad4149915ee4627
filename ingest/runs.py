"""Run numbers that never go back, whatever happens to the worker."""

import os
from pathlib import Path

from shared.clock import Clock
from shared.ids import StreamId
from shared.log import get_logger

_RESERVED = 1000


class RunNumbers:
    """Numbers the runs of all streams of a worker.

    The first run of a process is at least the UTC seconds of its start and above all numbers of the process
    before it, whose ceiling is kept in `file`: a machine without a battery may start in 1970.
    """

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._log = get_logger("ingest.runs")
        self._ceiling = self._read_ceiling()
        self._floor = max(clock.utc_ns() // 1_000_000_000, self._ceiling + 1)
        self._last: dict[StreamId, int] = {}

    def next(self, stream: StreamId) -> int:
        """The number of the stream's next run."""
        run = self._last.get(stream, self._floor - 1) + 1
        self._last[stream] = run
        if run > self._ceiling:
            self._ceiling = run + _RESERVED
            self._write_ceiling()
        return run

    def _read_ceiling(self) -> int:
        try:
            return max(0, int(self._file.read_text()))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            self._log.error("run-numbers-unreadable", file=str(self._file), cause=type(error).__name__)
            return 0

    def _write_ceiling(self) -> None:
        try:
            replace_file(self._file, str(self._ceiling).encode())
        except OSError as error:
            # The clock alone still keeps numbers from going back; pictures matter more than this file.
            self._log.error("run-numbers-not-kept", file=str(self._file), cause=error.strerror or "")


def replace_file(file: Path, content: bytes) -> None:
    """Put `content` in the place of `file`, whole or not at all, for this user alone. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as writer:
        writer.write(content)
        writer.flush()
        os.fsync(writer.fileno())
    os.replace(fresh, file)
