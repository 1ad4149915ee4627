"""The manifest's text, which is what is signed: a reader of years from now has nothing else."""

import json
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.evidence.manifest import (
    CameraPart,
    Gap,
    NamedCamera,
    Requisition,
    SealedFile,
    SealedSegment,
    SealedVideo,
    exact,
    write_manifest,
)
from shared.gap_causes import GapCause
from shared.spans import Present, Span
from shared.utc import ns_of

START_NS = 1_767_323_045_123_456_000
SECOND_NS = 1_000_000_000
REQUISITION = Requisition(
    "exp-1",
    "PV 12/2026",
    "Parquet de Lille",
    "É. Dubois",
    Span(START_NS, START_NS + 60 * SECOND_NS),
    {"article": "77-1-1 CPP"},
)
CAMERA = NamedCamera("59350/gate/main", "Porte", "Grand'Place", "2026-17")


SEGMENT = SealedSegment(
    "59350/gate/main/1.mp4", 3, START_NS, START_NS + 10 * SECOND_NS, 0, 700, 200, "cc" * 32, 250, True, 0
)


def video(**more: int) -> SealedVideo:
    """A video of ten seconds."""
    return SealedVideo(
        SealedFile("gate.mp4", 1000, "ab" * 32),
        CAMERA.stream,
        START_NS,
        START_NS + 10 * SECOND_NS,
        250,
        "h264",
        1920,
        1080,
        segments=(SEGMENT,),
        certificate="0a" * 32,
        **more,
    )


def written(*videos: SealedVideo) -> bytes:
    """The manifest of an export with one camera."""
    present = [Present(Span(START_NS, START_NS + 10 * SECOND_NS), 3)]
    gaps = [Gap(Span(START_NS + 10 * SECOND_NS, START_NS + 60 * SECOND_NS), GapCause.LINK)]
    return write_manifest(
        REQUISITION,
        [CameraPart(CAMERA, present, gaps, videos, ["sender_report"])],
        [SealedFile("LISEZMOI.txt", 12, "cd" * 32)],
        made_ns=START_NS + 3600 * SECOND_NS,
        version="0.1.0",
        fingerprint="ef" * 32,
        certificate="0a" * 32,
    )


def test_the_manifest_says_what_was_asked_what_there_is_and_what_is_missing() -> None:
    text = written(video())
    assert text.decode().endswith("}\n")
    assert "É. Dubois" in text.decode()
    start, end = "2026-01-02T03:04:05.123456Z", "2026-01-02T03:05:05.123456Z"
    until = "2026-01-02T03:04:15.123456Z"
    assert json.loads(text) == {
        "format": "beffroi-export-2",
        "export": "exp-1",
        "requisition": {
            "reference": "PV 12/2026",
            "authority": "Parquet de Lille",
            "requested_by": "É. Dubois",
            "article": "77-1-1 CPP",
        },
        "made_at": "2026-01-02T04:04:05.123456Z",
        "software": "Beffroi 0.1.0",
        "key_fingerprint": "ef" * 32,
        "certificate_fingerprint": "0a" * 32,
        "asked": {"start": start, "end": end},
        "cameras": [
            {
                "stream": "59350/gate/main",
                "name": "Porte",
                "place": "Grand'Place",
                "authorisation": "2026-17",
                "present": [{"start": start, "end": until, "run": 3}],
                "gaps": [{"start": until, "end": end, "cause": "link"}],
                "clock": {"utc_from": ["sender_report"], "offset_s": None, "uncertainty_s": None},
                "masks": {"by_centre": "none", "in_camera": "unknown"},
                "proofs_of_capture": {},
                "files": ["gate.mp4"],
            }
        ],
        "files": [
            {
                "name": "gate.mp4",
                "size": 1000,
                "sha256": "ab" * 32,
                "stream": "59350/gate/main",
                "start": start,
                "end": until,
                "samples": 250,
                "codec": "h264",
                "width": 1920,
                "height": 1080,
                "certificate": "0a" * 32,
                "segments": [
                    {
                        "recorded": "59350/gate/main/1.mp4",
                        "run": 3,
                        "start": start,
                        "end": until,
                        "time90": 0,
                        "offset": 700,
                        "size": 200,
                        "sha256": "cc" * 32,
                        "samples": 250,
                        "whole": True,
                    }
                ],
            }
        ],
        "documents": [{"name": "LISEZMOI.txt", "size": 12, "sha256": "cd" * 32}],
    }


def test_incomplete_first_pictures_are_told_where_there_are_any() -> None:
    (told,) = json.loads(written(video(incomplete=12)))["files"]
    assert told["incomplete_first_pictures"] == 12


@settings(max_examples=40)
@given(st.integers(0, 4_000_000_000_000_000))
def test_an_instant_is_told_to_the_microsecond(utc_us: int) -> None:
    told = exact(utc_us * 1000)
    assert told.endswith("Z")
    assert ns_of(datetime.fromisoformat(told)) == utc_us * 1000
