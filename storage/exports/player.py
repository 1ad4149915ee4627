"""LECTEUR.html: a page that plays the films beside it, offline, by no program but the browser.

It may load nothing but films: its own style and program are named by their hashes in its policy (CSP 3).
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files

from shared.evidence.manifest import CameraPart, SealedVideo
from storage.model.segment import HOLE_NS


def player(export: str, parts: Sequence[CameraPart]) -> bytes:
    """The page for the films of an export, which lie in the same folder."""
    style, program = _asset("player.css"), _asset("player.js")
    films = [_film(part, video) for part in parts for video in part.videos]
    # Nothing in the data may end its element or begin another.
    data = json.dumps({"export": export, "films": films}, ensure_ascii=True).replace("<", "\\u003c")
    page = _asset("player.html")
    for name, text in (
        ("STYLE", _hash(style)),
        ("SCRIPT", _hash(program)),
        ("STYLES", style),
        ("PROGRAM", program),
        ("DATA", data),
    ):
        page = page.replace(f"@{name}@", text)
    return page.encode()


def _film(part: CameraPart, video: SealedVideo) -> dict[str, object]:
    return {
        "name": video.file.name,
        "camera": part.camera.name,
        "place": part.camera.place,
        "codec": video.codec,
        "start_us": video.start_ns // 1000,
        "length_s": (video.end_ns - video.start_ns) / 1e9,
        "spans": _spans(video),
    }


def _spans(video: SealedVideo) -> list[list[float]]:
    """Where the film has pictures, in seconds from its start."""
    found: list[list[float]] = []
    for one in video.segments:
        start_s, end_s = ((at_ns - video.start_ns) / 1e9 for at_ns in (one.start_ns, one.end_ns))
        if found and start_s - found[-1][1] <= HOLE_NS / 1e9:
            found[-1][1] = max(found[-1][1], end_s)
        else:
            found.append([start_s, end_s])
    return found


def _asset(name: str) -> str:
    return files("storage.exports").joinpath(f"assets/{name}").read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
