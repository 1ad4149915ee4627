"""Stretches of time, and which of them have footage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """[start_ns, end_ns) in UTC."""

    start_ns: int
    end_ns: int

    @property
    def length_ns(self) -> int:
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Present:
    """A span with footage of one run, without a hole."""

    span: Span
    run: int
