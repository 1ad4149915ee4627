"""Playlists of recordings for tools (RFC 8216): a segment of recording is a segment of the playlist. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.model.instants import text_from_ns
from storage.model.segment import Footage

_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What of a segment is in the playlist: [start_ns, end_ns)."""

    footage: Footage
    start_ns: int
    end_ns: int


def playlist(entries: Iterable[Entry], base_ns: int, ticket: str) -> str:
    """The playlist of these entries, oldest first; times of media count from `base_ns`.

    What does not play on without a seam is told as a discontinuity, with its own initialisation.
    """
    lines: list[str] = []
    longest_s, last = 1, None
    for one in entries:
        query = f"start={one.footage.start_ns}&from={one.start_ns}&to={one.end_ns}&base={base_ns}"
        if ticket:
            query += f"&ticket={ticket}"
        if last is None or not last.goes_on_in(one.footage):
            lines += [] if last is None else ["#EXT-X-DISCONTINUITY"]
            lines.append(f'#EXT-X-MAP:URI="hls/init.mp4?{query}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{text_from_ns(one.start_ns)}")
        seconds = (one.end_ns - one.start_ns) / _S
        longest_s = max(longest_s, round(seconds))
        lines += [f"#EXTINF:{seconds:.6f},", f"hls/segment.m4s?{query}"]
        last = one.footage
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{longest_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    return "\n".join([*head, *lines, "#EXT-X-ENDLIST", ""])
