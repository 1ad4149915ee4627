"""A segment file says inside of which stream and time it is: the index can be made again from files alone."""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from shared.errors import BadInput
from shared.ids import StreamId
from shared.units import AccessUnit
from storage.fmp4.boxes import Box, box

BOX_TYPE = UUID("0d6f4c1e-8a53-4f0b-9f4e-62656666726f").bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """What a segment says of itself.

    `start_ns` is the UTC of its first sample: the UTC of any sample is this plus its media time.
    `days` is the authorised number of days that held when it was recorded. `wall_source` and
    `wall_uncertainty_ns` are those of the UTC it was begun with, as `AccessUnit` has them.
    """

    stream: StreamId
    run: int
    start_ns: int
    name: str
    days: int
    wall_source: str
    wall_uncertainty_ns: int = -1

    @classmethod
    def begun_with(cls, unit: AccessUnit, start_ns: int, name: str, days: int) -> "Identity":
        """Of a segment whose first picture this is."""
        source, wrong_ns = str(unit.utc_source), unit.utc_uncertainty_ns
        return cls(unit.stream, unit.run, start_ns, name, days, source, wrong_ns)

    def write(self) -> bytes:
        """The `uuid` box (ISO/IEC 14496-12, section 4.2): our type, then JSON."""
        members = asdict(self) | {"stream": str(self.stream)}
        return box(b"uuid", BOX_TYPE, json.dumps(members, ensure_ascii=False).encode())

    @classmethod
    def read(cls, data: bytes, found: Box) -> "Identity | None":
        """The identity in a `uuid` box, None where it is another's. Raises BadInput on a broken one."""
        body = bytes(data[found.body : found.end])
        if body[:16] != BOX_TYPE:
            return None
        try:
            members = json.loads(body[16:])
            return cls(
                stream=StreamId.parse(str(members["stream"])),
                run=int(members["run"]),
                start_ns=int(members["start_ns"]),
                name=str(members["name"]),
                days=int(members["days"]),
                wall_source=str(members["wall_source"]),
                wall_uncertainty_ns=int(members.get("wall_uncertainty_ns", -1)),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("the identity box of the segment is broken") from error
