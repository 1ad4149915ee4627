"""What a simulated camera is told to be, and its one-line form for the command line."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from ingest.simulator.encoder import Coding, Encoding
from shared.errors import BadInput


class Fault(StrEnum):
    """What a camera does wrong."""

    NONE = "none"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One simulated camera, at `rtsp://host:port/NAME`.

    `live` draws and encodes while somebody watches; otherwise a pre-made loop shared by such cameras plays.
    `stall_after_s` counts from each session's first picture; `jump_after_s` from the first picture of all.
    `in_band` false leaves parameter sets to the SDP alone.
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
    match key:
        case "loop":
            return replace(plan, live=False)
        case "gop":
            return replace(plan, coding=replace(plan.coding, gop_s=float(value)))
        case "kbps":
            return replace(plan, coding=replace(plan.coding, kbps=int(value)))
        case "codec":
            return replace(plan, coding=replace(plan.coding, encoding=Encoding(value)))
        case "bframes":
            return replace(plan, coding=replace(plan.coding, b_frames=int(value)))
        case "size":
            width, _, height = value.partition("x")
            return replace(plan, coding=replace(plan.coding, width=int(width), height=int(height)))
        case "auth":
            username, _, password = value.partition("/")
            return replace(plan, username=username, password=password)
        case "stall":
            return replace(plan, stall_after_s=float(value))
        case "jump":
            return replace(plan, jump_after_s=float(value))
        case "audio":
            return replace(plan, audio=True)
        case "fault":
            return replace(plan, fault=Fault(value))
    raise ValueError(f"no option {key!r}")
