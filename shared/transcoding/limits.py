"""How large, how fast and how costly a transcoded stream may be."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of what a transcoder gives. `longest_side` is in pixels, `fps` in pictures a second.

    With `every` no picture is left out because more wait behind it: for recordings, which are not of now.
    With `stills` each unit is made a JPEG picture by itself, whatever came before it.
    """

    longest_side: int = 1280
    fps: int = 25
    kbps: int = 2000
    every: bool = False
    stills: bool = False

    def arguments(self) -> list[str]:
        """The command line that `parse` reads."""
        bounds = [f"--longest-side={self.longest_side}", f"--fps={self.fps}", f"--kbps={self.kbps}"]
        chosen = [("--every", self.every), ("--stills", self.stills)]
        return [*bounds, *(name for name, is_chosen in chosen if is_chosen)]

    @staticmethod
    def parse(arguments: Sequence[str]) -> "Limits":
        """Read a command line. Exits with a sentence where it is wrong."""
        parser = ArgumentParser(prog="python -m shared.transcoder", description=__doc__)
        for name in ("longest-side", "fps", "kbps"):
            parser.add_argument(f"--{name}", type=int, required=True)
        parser.add_argument("--every", action="store_true")
        parser.add_argument("--stills", action="store_true")
        said = vars(parser.parse_args(arguments))
        return Limits(said["longest_side"], said["fps"], said["kbps"], said["every"], said["stills"])
