"""SDP cut into its sections and their attributes (RFC 8866)."""

import re
from dataclasses import dataclass, field

from shared.errors import BadInput

_MEDIA = re.compile(r"([a-z]{1,20}) ([0-9]{1,5}) ([A-Za-z/]{1,40}) ([!-~ ]{1,1000})")


@dataclass(slots=True)
class Section:
    """Attributes of one part of the text: the first `a=` value of a name, and all values by name."""

    media: tuple[str, str, str] | None = None
    port: int = 9
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        return self.attributes.get(name, [])

    def has(self, name: str) -> bool:
        return name in self.attributes

    @property
    def said_of_formats(self) -> tuple[object, ...]:
        """All that gives payload types their meaning."""
        return (None if self.media is None else self.media[2], self.all("rtpmap"), self.all("fmtp"))


def sections_of(text: str, max_lines: int) -> tuple[Section, list[Section]]:
    """The attributes of the whole session, and each `m=` section. Raises BadInput."""
    lines = text.splitlines()
    if len(lines) > max_lines or not lines or lines[0].strip() != "v=0":
        raise BadInput("the body is no SDP offer: it does not start with v=0", "sdp")
    session, sections = Section(), list[Section]()
    current = session
    for line in lines:
        kind, _, value = line.partition("=")
        if kind == "m":
            found = _MEDIA.fullmatch(value.strip())
            if not found:
                raise BadInput("the offer has an m= line that is not understood", "sdp")
            current = Section((found[1], found[3], found[4]), port=int(found[2]))
            sections.append(current)
        elif kind == "a":
            name, _, rest = value.strip().partition(":")
            current.attributes.setdefault(name, []).append(rest.strip())
    return session, sections


def bundles(session: Section) -> list[list[str]]:
    """The mids of each BUNDLE group, that of the section first whose transport is everybody's."""
    groups = [value.split() for value in session.all("group")]
    return [group[1:] for group in groups if group[:1] == ["BUNDLE"]]
