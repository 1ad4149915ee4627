"""The page that plays an export may load its films, and nothing else."""

import base64
import hashlib
import json
import re

from shared.evidence.manifest import CameraPart, NamedCamera, SealedFile, SealedSegment, SealedVideo
from storage.exports.player import player
from tests.support.pictures import START_NS

SECOND_NS = 1_000_000_000


def segment(start_s: int, end_s: int) -> SealedSegment:
    """A segment of a film, of which only the times matter here."""
    start_ns, end_ns = (START_NS + at * SECOND_NS for at in (start_s, end_s))
    return SealedSegment("key", 1, start_ns, end_ns, 0, 0, 1, "", 1, True, 0)


def page(name: str = "Porte") -> str:
    """The page of one film with a gap of a minute."""
    segments = (segment(0, 60), segment(60, 120), segment(180, 240))
    file, end_ns = SealedFile("gate.mp4", 1, ""), START_NS + 240 * SECOND_NS
    video = SealedVideo(file, "59350/gate/main", START_NS, end_ns, 1, "avc1", 1, 1, segments=segments)
    return player("x-1", [CameraPart(NamedCamera("59350/gate/main", name, "", ""), [], [], [video])]).decode()


def film_of(text: str) -> dict[str, object]:
    """What a page knows of its only film."""
    found = re.search(r'id="data">(.*?)</script>', text)
    assert found is not None
    data: dict[str, list[dict[str, object]]] = json.loads(found[1])
    (film,) = data["films"]
    return film


def test_the_policy_names_the_page_s_own_style_and_program_by_their_hashes() -> None:
    text = page()
    for tag in ("style", "script"):
        found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in text


def test_the_page_knows_where_its_film_has_pictures() -> None:
    assert film_of(page())["spans"] == [[0.0, 120.0], [180.0, 240.0]]


def test_a_camera_s_name_cannot_end_the_data_it_stands_in() -> None:
    name = "</script><script>alert(1)</script><!--"
    text = page(name)
    assert (film_of(text)["camera"], text.count("<script")) == (name, 2)
