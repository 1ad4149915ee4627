"""A camera by its name, and the streams of it that may be shown."""

from dataclasses import dataclass

from shared.ids import StreamId, StreamKind

Kinds = tuple[StreamKind, ...]
BOTH: Kinds = (StreamKind.MAIN, StreamKind.SUB)


@dataclass(frozen=True, slots=True)
class Camera:
    """What a tile is to show, in the kinds that its ticket allows."""

    commune: str
    name: str
    kinds: Kinds = BOTH

    @property
    def path(self) -> str:
        """`commune/camera`."""
        return f"{self.commune}/{self.name}"

    def stream(self, kind: StreamKind) -> StreamId:
        return StreamId(self.commune, self.name, kind)

    @classmethod
    def at(cls, path: str) -> "Camera":
        """The camera of a `commune/camera`, in both kinds. Raises BadInput."""
        stream = StreamId.parse(f"{path}/{StreamKind.MAIN}")
        return cls(stream.commune, stream.camera)
