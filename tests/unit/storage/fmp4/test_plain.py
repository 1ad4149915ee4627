"""Plain MP4 files, as exports have them."""

from pathlib import Path

import pytest

from storage.fmp4.plain import SampleTables
from storage.fmp4.reader import read_layout
from tests.support.pictures import units
from tests.support.programs import needs
from tests.unit.storage.cut import SEGMENT, decoded, ffmpeg_complaints
from tests.unit.storage.segments import reading, segment_bytes


def plain_file(data: bytes) -> bytes:
    """The plain MP4 of a segment's samples."""
    layout = read_layout(reading(data), len(data))
    tables = SampleTables()
    for fragment in layout.fragments:
        for sample in fragment.moof.samples:
            tables.add(sample.size, sample.duration90, key=sample.key, offset90=sample.offset90)
    pictures = b"".join(data[fragment.data : fragment.end] for fragment in layout.fragments)
    return tables.head(layout.description, layout.identity.start_ns) + pictures


@needs("ffmpeg")
def test_ffmpeg_decodes_a_plain_file_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "plain.mp4"
    path.write_bytes(plain_file(SEGMENT))
    assert ffmpeg_complaints(path) == ""


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 150])
def test_every_picture_of_a_plain_file_decodes_at_its_time(count: int) -> None:
    data = plain_file(segment_bytes(units(count, gop=10)))
    assert decoded(data) == pytest.approx([number / 25 for number in range(count)])
