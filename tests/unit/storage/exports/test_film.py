"""A film is an ONVIF export file: what tools say of it, what it says of itself, what it keeps."""

import hashlib
import io
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import pytest

from shared.errors import BadInput
from shared.evidence.film_reading import read_film
from shared.evidence.film_seal import read_seal
from shared.tap.reassembly import Gap
from shared.units import AccessUnit
from storage.fmp4.boxes import Box, boxes, find
from storage.fmp4.film_index import retime
from tests.support.pictures import START_NS, STREAM
from tests.support.programs import needs
from tests.unit.storage.packages import exported, manifest_of, said, videos_of
from tests.unit.storage.workshop import seal_key, units, workshop

_SIGNING_SEI = bytes.fromhex("005bc93f2d715e95ada4796f90877a6f")
_QTDEMUX = """
import sys, gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
line = Gst.parse_launch(
    f'filesrc location="{sys.argv[1]}" ! qtdemux name=d d.video_0'
    " ! fakesink name=s signal-handoffs=true sync=false"
)
seen = []
line.get_by_name("s").connect("handoff", lambda *_: seen.append(1))
line.set_state(Gst.State.PLAYING)
ends = Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.WARNING
print(line.get_bus().timed_pop_filtered(20 * Gst.SECOND, ends).type.first_value_nick, len(seen))
line.set_state(Gst.State.NULL)
"""


async def film_with_a_gap(folder: Path) -> Path:
    """An export's film of two seconds, a gap of four, and four more seconds."""
    pictures = units(250)
    async with workshop(folder) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        (film,) = videos_of(await exported(shop))
    path = folder / "film.mp4"
    path.write_bytes(film)
    return path


def parts(film: bytes) -> dict[bytes, Box]:
    return {found.kind: found for found in boxes(film)}


@needs("ffprobe")
async def test_ffprobe_reads_a_film_over_a_gap_without_a_warning(tmp_path: Path) -> None:
    await film_with_a_gap(tmp_path)
    told = said(
        "ffprobe -v warning -count_frames -show_entries stream=codec_type,nb_read_frames,duration"
        " -of csv=p=0 film.mp4",
        tmp_path,
    )
    assert told == (0, "video,10.000000,150\n", "")


@needs("ffmpeg")
async def test_ffmpeg_decodes_a_film_over_a_gap_without_a_warning(tmp_path: Path) -> None:
    await film_with_a_gap(tmp_path)
    assert said("ffmpeg -v warning -i film.mp4 -f null -", tmp_path) == (0, "", "")


def _has_gstreamer() -> bool:
    asked = [
        "/usr/bin/python3",
        "-c",
        "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst",
    ]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not _has_gstreamer(), reason="GStreamer's Python is not installed here")
async def test_gstreamer_s_qtdemux_reads_a_film_over_a_gap_without_a_warning(tmp_path: Path) -> None:
    path = await film_with_a_gap(tmp_path)
    assert demuxed(path) == ("eos 150\n", "")


def demuxed(path: Path) -> tuple[str, str]:
    """How GStreamer ends with a film, after how many pictures, and what its demuxer warns of."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", _QTDEMUX, str(path)],
        env=os.environ | {"GST_DEBUG": "qtdemux:2", "GST_DEBUG_NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout, done.stderr


async def test_a_film_has_the_boxes_that_the_format_asks_for(tmp_path: Path) -> None:
    film = (await film_with_a_gap(tmp_path)).read_bytes()
    found = parts(film)
    meta, kind = found[b"meta"], found[b"ftyp"]
    inside = {one.kind: one for one in boxes(film, meta.body + 4, meta.end)}
    protection = inside[b"ipro"]
    scheme = find(film, (b"sinf",), protection.body + 6, protection.end)
    kinds = {one.kind for one in boxes(film, scheme.body, scheme.end)}
    information = find(film, (b"schi",), scheme.body, scheme.end)
    inner = {one.kind for one in boxes(film, information.body, information.end)}
    assert film[kind.body : kind.body + 4] == b"isom"
    assert set(inside) == {b"hdlr", b"suep", b"ipro"}
    assert (kinds, inner) == ({b"cstb", b"schm", b"schi"}, {b"sibo", b"cert", b"auib"})
    assert film[protection.body + 4 : protection.body + 6] == b"\0\1"
    named = find(film, (b"schm",), scheme.body, scheme.end)
    assert film[named.body + 4 : named.end] == bytes.fromhex("6f656666 00010000")


async def test_a_film_says_of_itself_what_it_is_and_when_it_starts(tmp_path: Path) -> None:
    film = (await film_with_a_gap(tmp_path)).read_bytes()
    meta = parts(film)[b"meta"]
    told = read_seal(film[meta.start : meta.end]).identity
    assert (told.stream, told.camera, told.operator) == (str(STREAM), "Place du Beffroi", "p-legal")
    assert (told.export, told.start_ns) == ("x-0001", START_NS)


async def test_the_index_leads_to_every_fragment_and_no_further(tmp_path: Path) -> None:
    film = (await film_with_a_gap(tmp_path)).read_bytes()
    found = list(boxes(film))
    (index,) = [one for one in found if one.kind == b"sidx"]
    count = int.from_bytes(film[index.body + 30 : index.body + 32], "big")
    sizes = [
        int.from_bytes(film[index.body + 32 + 12 * one : index.body + 36 + 12 * one], "big")
        for one in range(count)
    ]
    ends = [index.end + sum(sizes[: one + 1]) for one in range(count)]
    assert ends == [one.end for one in found if one.kind == b"mdat"]
    assert found[-1].kind == b"meta"


async def test_the_seal_is_openssl_s_rsassa_pss_of_the_file_with_zeros_in_its_place(tmp_path: Path) -> None:
    film = (await film_with_a_gap(tmp_path)).read_bytes()
    meta = parts(film)[b"meta"]
    seal = read_seal(film[meta.start : meta.end])
    at = meta.start + seal.at
    (tmp_path / "signature").write_bytes(seal.signature)
    (tmp_path / "blank").write_bytes(
        film[:at] + bytes(len(seal.signature)) + film[at + len(seal.signature) :]
    )
    (tmp_path / "cert.pem").write_bytes(seal_key().certificate.pem)
    public = said("openssl x509 -in cert.pem -pubkey -noout", tmp_path)[1]
    (tmp_path / "public.pem").write_text(public)
    told = said(
        "openssl dgst -sha256 -verify public.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20"
        " -signature signature blank",
        tmp_path,
    )
    assert told == (0, "Verified OK\n", "")


async def test_a_film_s_hash_and_its_seal_are_found_in_one_reading(tmp_path: Path) -> None:
    film = (await film_with_a_gap(tmp_path)).read_bytes()
    read = read_film(io.BytesIO(film))
    assert (read.sha256, read.certificate) == (
        hashlib.sha256(film).hexdigest(),
        seal_key().certificate.fingerprint,
    )


async def test_each_segment_of_the_manifest_is_that_part_of_the_film(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        package = await exported(shop)
    film, files = videos_of(package)[0], manifest_of(package)["files"]
    assert isinstance(files, list)
    told = files[0]["segments"]
    found = [hashlib.sha256(film[one["offset"] : one["offset"] + one["size"]]).hexdigest() for one in told]
    assert found == [one["sha256"] for one in told]
    assert [(one["samples"], one["whole"]) for one in told] == [(50, True), (100, True), (100, True)]


async def test_a_camera_s_own_signature_comes_through_as_it_was(tmp_path: Path) -> None:
    # SEI of type 5, H.264 D.1.7: a length, the UUID of ONVIF Media Signing, and what the camera put in it.
    payload = _SIGNING_SEI + bytes(range(4, 200))
    sei = b"\x06\x05" + bytes([len(payload)]) + payload + b"\x80"
    signed = [with_sei(unit, sei) for unit in units(50)]
    async with workshop(tmp_path) as shop:
        await shop.record_all(signed)
        film = videos_of(await exported(shop))[0]
    with av.open(io.BytesIO(film), "r") as container:
        pictures = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert all(len(sei).to_bytes(4, "big") + sei in picture for picture in pictures)
    assert len(pictures) == 50


def with_sei(unit: AccessUnit, sei: bytes) -> AccessUnit:
    """A unit with a SEI in front of its picture."""
    start = b"\x00\x00\x00\x01"
    nals = [
        one for one in unit.data.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01") if one
    ]
    at = next(number for number, one in enumerate(nals) if one[0] & 31 in (1, 5))
    return replace(unit, data=b"".join(start + one for one in (*nals[:at], sei, *nals[at:])))


def test_a_fragment_of_another_form_is_refused() -> None:
    with pytest.raises(BadInput, match="no prft"):
        retime(bytearray(200), 0, 1, 1)
