"""What a simulated camera is told to be, and its one-line form for the command line."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ingest.simulator.encoder import Coding, Encoding
from ingest.simulator.faults import Fault
from shared.errors import BadInput


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One simulated camera, at `rtsp://host:port/NAME`.

    `live` draws and encodes while somebody watches; otherwise a pre-made loop shared by such cameras plays.
    `stall_after_s` counts from each session's first picture; `jump_after_s` from the first picture of all.
    `in_band` false leaves parameter sets to the SDP alone. `after_s` is when a fault strikes that strikes in
    the middle of a session; `session_s` another time-out than the fault's own; `target` where it redirects;
    `hurry` how much faster than it says it is to end a session that is not kept.
    """

    name: str
    live: bool = True
    coding: Coding = field(default_factory=Coding)
    username: str = ""
    password: str = field(default="", repr=False)
    fault: Fault = Fault.NONE
    stall_after_s: float | None = None
    jump_after_s: float | None = None
    jump_s: float = 4 * 3600.0
    audio: bool = False
    in_band: bool = True
    after_s: float = 1.0
    session_s: float | None = None
    target: str = ""
    hurry: float = 1.0


def parse_plans(text: str) -> list[CameraPlan]:
    """The cameras of `NAME[*COUNT][:option…]`; see the command's help. Raises BadInput naming the option."""
    head, *options = text.split(":")
    name, _, count_text = head.partition("*")
    plan = CameraPlan(name)
    try:
        for option in options:
            key, _, value = option.partition("=")
            plan = _with_option(plan, key, value)
        count = int(count_text) if count_text else 0
    except ValueError as error:
        raise BadInput(f"camera {text!r}: {error}") from None
    if not count:
        return [plan]
    return [replace(plan, name=f"{name}-{number}") for number in range(count)]


def _with_option(plan: CameraPlan, key: str, value: str) -> CameraPlan:
    if key in _OPTIONS:
        name, read = _OPTIONS[key]
        return replace(plan, **{name: read(value)})
    if key in _CODING_OPTIONS:
        name, read = _CODING_OPTIONS[key]
        return replace(plan, coding=replace(plan.coding, **{name: read(value)}))
    match key:
        case "size":
            width, _, height = value.partition("x")
            return replace(plan, coding=replace(plan.coding, width=int(width), height=int(height)))
        case "auth":
            username, _, password = value.partition("/")
            return replace(plan, username=username, password=password)
    raise ValueError(f"no option {key!r}")


_Read = Callable[[str], Any]  # the field's own type, which no annotation of this table can tell
_OPTIONS: dict[str, tuple[str, _Read]] = {
    "loop": ("live", lambda _: False),
    "stall": ("stall_after_s", float),
    "jump": ("jump_after_s", float),
    "audio": ("audio", lambda _: True),
    "fault": ("fault", Fault),
    "after": ("after_s", float),
    "session": ("session_s", float),
    "to": ("target", str),
    "hurry": ("hurry", float),
}
_CODING_OPTIONS: dict[str, tuple[str, _Read]] = {
    "gop": ("gop_s", float),
    "kbps": ("kbps", int),
    "fps": ("fps", Fraction),
    "codec": ("encoding", Encoding),
    "bframes": ("b_frames", int),
}
