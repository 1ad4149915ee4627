"""What is told of a fault."""

from dataclasses import dataclass

from ingest.simulator.faults import Fault


@dataclass(frozen=True, slots=True)
class Card:
    """One fault of the zoo, in three sentences."""

    fault: Fault
    does: str
    seen: str
    answer: str
