"""Counts of what happened since the last look: the hot path adds, the metrics take them once a second."""

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Counts:
    """Counts that only grow. `proactive_retransmissions` are packets of first pictures sent again unasked,
    `key_requests_answered` those after which a viewer was started again, `jumps` viewers sent on to the next
    key picture, `dropped` the packets that cost."""

    packets: int = 0
    octets: int = 0
    nacked: int = 0
    repaired: int = 0
    proactive_retransmissions: int = 0
    key_requests: int = 0
    key_requests_answered: int = 0
    jumps: int = 0
    dropped: int = 0
    full: int = 0
    send_errors: int = 0
    handshakes: int = 0
    handshake_failures: int = 0
    handshakes_put_off: int = 0
    handshakes_repeated: int = 0
    bad_datagrams: int = 0
    empty_units: int = 0
    gaps: int = 0
    delay_changes: int = 0
    switched_down: int = 0
    switched_up: int = 0
    transcoded: int = 0
    transcode_dropped: int = 0
    transcode_skipped: int = 0
    transcoder_restarts: int = 0

    def take(self) -> dict[str, int]:
        """The counts since the last call."""
        taken = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in taken:
            setattr(self, name, 0)
        return taken
