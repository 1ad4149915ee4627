"""Redacted copies: what is covered, what is not, and what the package says."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from shared.evidence.manifest import READ_ME
from shared.evidence.verify import verify
from shared.messages.storage import ExportOrder, ExportStatus, MaskPosition, MaskTrack
from shared.redaction import RedactionSetup
from shared.tap.reassembly import Gap
from shared.tickets import Action
from shared.transcoding.framing import Message
from shared.units import AccessUnit, Codec
from storage.exports.redactor_process import failed
from tests.support.pictures import STREAM
from tests.unit.storage.marked import HEIGHT, SIDE, WIDTH, corner, marked, picture
from tests.unit.storage.packages import START, exported, manifest_of, order, videos_of
from tests.unit.storage.workshop import Workshop, workshop

STEADY = tuple(range(0, 100 * 3600, 3600))
UNEVEN = tuple(np.cumsum([0, *([3600, 1800, 9000, 3601, 45] * 16)]).tolist())
BEGIN_S, END_S = 1.0, 2.5
"""The mask of these tests is there from the one to the other."""
PAD = 4


def mask(
    begin_s: float = BEGIN_S, end_s: float = END_S, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> MaskTrack:
    """One that follows the square."""
    return MaskTrack("m-1", tuple(_position(at_s, size) for at_s in (begin_s, (begin_s + end_s) / 2, end_s)))


def _position(at_s: float, size: tuple[int, int]) -> MaskPosition:
    (left, top), (width, height) = corner(at_s), size
    return MaskPosition(
        START + timedelta(seconds=at_s),
        (left - PAD) / width,
        (top - PAD) / height,
        (SIDE + 2 * PAD) / width,
        (SIDE + 2 * PAD) / height,
    )


def redacting(*masks: MaskTrack, original: str = "", id: str = "x-0002") -> ExportOrder:
    return replace(order(0, 10, id=id), masks=masks, original=original)


def shown(video: bytes) -> list[tuple[float, NDArray[np.uint8]]]:
    """The pictures of a film in RGB, each with its time."""
    with av.open(io.BytesIO(video), "r") as container:
        return [(float(one.time or 0), _rgb(one)) for one in container.decode(video=0)]


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return frame.to_ndarray(format="rgb24").astype(np.uint8)


def covered(pixels: NDArray[np.uint8], at_s: float) -> bool:
    """Whether nothing of the square is left."""
    left, top = corner(at_s)
    return int(pixels[top : top + SIDE, left : left + SIDE].max()) < 30


def plain(pixels: NDArray[np.uint8], at_s: float) -> bool:
    """Whether the square is there as it was."""
    left, top = corner(at_s)
    return int(pixels[top : top + 4, left : left + 4].min()) > 200


def changed_outside(pixels: NDArray[np.uint8], at_s: float) -> float:
    """How far the picture is from what was filmed, away from the square."""
    told = picture(at_s, pixels.shape[1], pixels.shape[0]).astype(int)
    away = np.ones(told.shape[:2], bool)
    left, top = corner(at_s)
    away[top - 12 : top + SIDE + 12, left - 12 : left + SIDE + 12] = False
    return float(np.abs(pixels.astype(int) - told)[away].max())


async def redacted(shop: Workshop, units: Sequence[AccessUnit | Gap], wanted: ExportOrder) -> Path:
    await shop.record_all(units)
    return await exported(shop, wanted)


@pytest.mark.slow  # decoding and coding anew, in a process of its own, is what is looked at
@pytest.mark.parametrize(
    ("times90", "b_frames", "codec"),
    [(STEADY, 0, Codec.H264), (STEADY, 2, Codec.H264), (UNEVEN, 0, Codec.H264), (STEADY, 0, Codec.MJPEG)],
    ids=["steady", "b-frames", "uneven", "jpeg"],
)
async def test_every_picture_of_a_track_is_covered_and_no_other_is_changed(
    tmp_path: Path, times90: tuple[int, ...], b_frames: int, codec: Codec
) -> None:
    async with workshop(tmp_path) as shop:
        package = await redacted(shop, marked(times90, b_frames, codec), redacting(mask()))
        (film,) = videos_of(package)
    pictures = shown(film)
    assert [round(at_s * 90_000) for at_s, _ in pictures] == list(times90)
    for (at_s, pixels), until90 in zip(pictures, [*times90[1:], times90[-1]], strict=True):
        if at_s <= END_S and until90 / 90_000 > BEGIN_S + 1e-4:
            assert covered(pixels, max(at_s, BEGIN_S)), at_s
        elif until90 / 90_000 < BEGIN_S - 1e-4 or at_s > END_S + 1e-4:
            assert plain(pixels, at_s), at_s
        assert changed_outside(pixels, at_s) < 40, at_s


async def test_a_gap_stays_a_gap_and_an_odd_size_loses_nothing(tmp_path: Path) -> None:
    pictures = marked(STEADY, 0, Codec.MJPEG, (321, 241))
    # Ends in the middle of the gap, which is from 1 s to 3 s.
    masks = mask(0.2, 2.0, (321, 241))
    async with workshop(tmp_path) as shop:
        package = await redacted(shop, [*pictures[:25], Gap(STREAM, 50), *pictures[75:]], redacting(masks))
        (film,) = videos_of(package)
        (camera,) = _list(manifest_of(package)["cameras"])
    found = shown(film)
    assert [round(at_s * 90_000) for at_s, _ in found] == [*STEADY[:25], *STEADY[75:]]
    assert all(pixels.shape == (242, 322, 3) for _, pixels in found)
    assert all(covered(pixels, at_s) for at_s, pixels in found[5:25])
    assert all(plain(pixels, at_s) for at_s, pixels in (*found[:4], *found[25:]))
    assert [(one["start"][-9:-1], one["end"][-9:-1]) for one in camera["gaps"][:1]] == [
        ("1.000000", "3.000000")
    ]


async def test_the_original_is_untouched_and_named(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(marked(STEADY))
        original = await exported(shop, order(0, 10, id="x-0001"))
        objects = [shop.object_file(key) for key in shop.objects()]
        before = [_sha256(path) for path in (original, *objects)]
        package = await exported(shop, redacting(mask(), original="x-0001"))
        assert [_sha256(path) for path in (original, *objects)] == before
        verdict, native = (verify(one, shop.evidence_pem) for one in (package, original))
        (file,) = _list(manifest_of(original)["files"])
        told = manifest_of(package)["redaction"]
    assert isinstance(told, dict)
    assert told["original"] == {"export": "x-0001", "sha256": before[0]}
    assert (told["masks"], told["requested_by"]) == (1, "p-legal")
    (film,) = told["films"]
    assert film["original"] == {"name": file["name"], "sha256": file["sha256"]}
    assert [one["sha256"] for one in film["recorded"]] == [one["sha256"] for one in file["segments"]]
    assert film["pictures_left_out"] == 0
    assert verdict.sound
    assert verdict.notes == (
        f"redacted copy of export x-0001 (SHA-256 {before[0]}): 1 masks burnt into pictures coded anew,"
        " asked by p-legal",
    )
    assert _read(package, READ_ME).startswith("COPIE OCCULTÉE / REDACTED COPY")
    assert "REDACTED" not in _read(original, READ_ME)
    assert native.sound
    assert not any("redacted" in note for note in native.notes)


async def test_an_original_with_other_pictures_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(marked(STEADY))
        await exported(shop, order(0, 2, id="x-0001"))
        await exported(shop, redacting(mask(), original="x-0001"))
        progress = await shop.jobs.progress("x-0002")
        await exported(shop, redacting(mask(), original="x-0404", id="x-0003"))
        unknown = await shop.jobs.progress("x-0003")
    assert progress.status is ExportStatus.FAILED
    assert progress.why is not None
    assert progress.why.code == "redaction-other-footage"
    assert unknown.why is not None
    assert unknown.why.code == "redaction-original-unread"
    assert not list((tmp_path / "exports").glob("x-0002*"))


async def test_a_redactor_that_dies_fails_the_copy_and_leaves_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.jobs.redactor = _Dead
        await shop.record_all(marked(STEADY))
        await exported(shop, redacting(mask()))
        progress = await shop.jobs.progress("x-0002")
    assert progress.why is not None
    assert progress.why.code == "redaction-failed"
    assert not list((tmp_path / "exports").iterdir())


@pytest.mark.parametrize(
    "wanted",
    [
        replace(redacting(), original="x-0001"),
        redacting(MaskTrack("m", ())),
        redacting(MaskTrack("m", mask().positions[:1])),
        redacting(MaskTrack("m", (mask().positions[1], mask().positions[0]))),
        redacting(MaskTrack("m", tuple(replace(one, x=0.9) for one in mask().positions))),
        redacting(*[mask()] * 51),
    ],
    ids=["none", "empty", "one", "backwards", "outside", "many"],
)
async def test_masks_that_cannot_be_drawn_are_refused(tmp_path: Path, wanted: ExportOrder) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.EXPORT, f"export:{wanted.id}")
        answer = await shop.put(f"/exports/{wanted.id}", token, wanted)
    assert answer.status_code == 400, answer.text


class _Dead:
    """A redactor that has ended before its first picture."""

    def __init__(self, _: RedactionSetup) -> None:
        pass

    def send(self, _: Message) -> None:
        raise failed()

    def receive(self) -> Message | None:
        return None

    def no_more(self) -> None:
        pass

    def end(self) -> None:
        pass


def _read(package: Path, name: str) -> str:
    with zipfile.ZipFile(package) as files:
        return files.read(name).decode()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _list(value: object) -> list[dict[str, Any]]:
    assert isinstance(value, list)
    return value
