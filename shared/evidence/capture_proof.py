"""The proof that one segment was entered when it was captured: from its hash up to a signed head. Pure."""

from dataclasses import dataclass

from shared.evidence import fields
from shared.evidence.ledger import (
    CameraDay,
    Capture,
    Day,
    SignedHead,
    camera_day_of,
    camera_day_told,
    camera_leaf,
    capture_of,
    capture_told,
    day_read,
    day_told,
)
from shared.evidence.merkle import root_by_inclusion
from shared.evidence.signature import EvidencePublicKey


@dataclass(frozen=True, slots=True)
class Step:
    """Where something stands in a tree, from 0, and the path from there to its root."""

    number: int
    path: tuple[bytes, ...]

    def leads_to(self, root: str, leaf: bytes, size: int) -> bool:
        found = root_by_inclusion(leaf, self.number, size, self.path)
        return found is not None and found.hex() == root


@dataclass(frozen=True, slots=True)
class CaptureProof:
    """A segment, its camera and day, and three steps: into that, into the day, into the head."""

    capture: Capture
    camera_day: CameraDay
    day: Day
    in_camera_day: Step
    in_day: Step
    in_head: Step
    head: SignedHead

    def fault(self, key: EvidencePublicKey) -> str | None:
        """Why it proves nothing, None where it proves that the holder of the key had this very segment
        before the head's instant. Raises BadInput where the head is none."""
        if not self.head.is_signed_with(key):
            return "the head is not signed with this key"
        head, camera_day = self.head.read(), self.camera_day
        leaf = self.capture.leaf(camera_day.stream)
        if not self.in_camera_day.leads_to(camera_day.captured_root, leaf, camera_day.captured):
            return "the segment is not among those captured by this camera on this day"
        leaf = camera_leaf(camera_day.name, camera_day.body)
        if camera_day.day != self.day.day or not self.in_day.leads_to(self.day.root, leaf, self.day.cameras):
            return "the camera is not among those of the day"
        if not self.in_head.leads_to(head.root, self.day.leaf(), head.days):
            return "the day is not among those of the head"
        return None

    def told(self) -> dict[str, object]:
        """As members of JSON."""
        return {
            "capture": capture_told(self.capture),
            "camera_day": camera_day_told(self.camera_day),
            "day": day_told(self.day),
            "in_camera_day": _step_told(self.in_camera_day),
            "in_day": _step_told(self.in_day),
            "in_head": _step_told(self.in_head),
            "head": self.head.told(),
        }

    @classmethod
    def of(cls, value: object) -> "CaptureProof":
        """The proof of what `told` gave. Raises BadInput."""
        told = fields.members(value)
        return cls(
            capture=capture_of(told.get("capture")),
            camera_day=camera_day_of(told.get("camera_day")),
            day=day_read(told.get("day")),
            in_camera_day=_step_of(told.get("in_camera_day")),
            in_day=_step_of(told.get("in_day")),
            in_head=_step_of(told.get("in_head")),
            head=SignedHead.of(told.get("head")),
        )


def _step_told(step: Step) -> dict[str, object]:
    return {"number": step.number, "path": [one.hex() for one in step.path]}


def _step_of(value: object) -> Step:
    told = fields.members(value)
    return Step(fields.number(told.get("number")), fields.path(told.get("path")))
