"""What a writer knows of a file that it wrote to its end."""

from dataclasses import dataclass

from shared.mediatime import ns_from_90k
from storage.model.segment import Footage, Segment, SegmentState


@dataclass(frozen=True, slots=True)
class Written:
    """The SHA-256 is of the bytes that the disk took, in order; pictures go up to `end90`."""

    size: int
    sha256: str
    end90: int
    incomplete: int

    def segment(self, footage: Footage) -> Segment:
        """What the index should say of the file, whose footage was known while it grew."""
        return Segment(
            footage.key,
            footage.stream,
            footage.run,
            footage.start_ns,
            footage.start_ns + ns_from_90k(self.end90),
            self.size,
            self.sha256,
            footage.codec,
            footage.parameters,
            footage.days,
            SegmentState.CLOSED,
            self.incomplete,
        )
