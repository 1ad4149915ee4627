"""Recording by itself: without an index, so that it can run beside a commune's ingest."""

import json
import subprocess
import sys
from pathlib import Path

from storage.model.segment import SegmentState
from tests.unit.storage.recording.alone import recorded_and_recovered


async def test_recording_recovers_and_finishes_into_any_register_and_store(tmp_path: Path) -> None:
    store, register = await recorded_and_recovered(tmp_path)
    segments = sorted(register.segments.values(), key=lambda one: one.start_ns)
    assert [one.key for one in segments] == store.keys()
    assert {one.state for one in segments} == {SegmentState.STORED}
    assert sum(one.end_ns - one.start_ns for one in segments) > 8_000_000_000
    for one in segments:
        found = store.find(one.key)
        assert found is not None
        assert found.size == one.size
    assert list(tmp_path.glob("*.mp4")) == []


def test_recording_loads_no_index_and_no_web_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.storage.recording.alone", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["loaded"] == []
    assert said["stored"] == said["entered"] != []
