"""What verification can find."""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """Each names a verdict, and what was done to an export."""

    SOUND = "sound"
    NOT_AN_EXPORT = "not-an-export"
    WRONG_KEY = "wrong-key"
    RE_SIGNED = "re-signed"
    ALTERED_MANIFEST = "altered-manifest"
    OTHER_CAMERA = "other-camera"
    OTHER_FILM = "other-film"
    REMOVED_SEGMENT = "removed-segment"
    CUT_END = "cut-end"
    ALTERED_PICTURE = "altered-picture"
    ALTERED_FILE = "altered-file"
    MISSING_FILE = "missing-file"
    EXTRA_FILE = "extra-file"
    EXTRA_BYTES = "extra-bytes"
    FALSE_PROOF = "false-proof"
    NOT_AS_CAPTURED = "not-as-captured"
    LEFT_OUT = "left-out"
    UNWITNESSED = "unwitnessed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`finding` is the gravest; the lists name every file concerned; `detail` is one sentence.

    `fingerprint` is that of the key it was checked with; `notes` are what else must be known.
    """

    finding: Finding
    detail: str
    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    fingerprint: str = ""
    notes: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return self.finding is Finding.SOUND
