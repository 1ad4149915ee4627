"""What the control room counts. No label ever names a person, a camera or a commune."""

from shared import metrics


class Counters:
    """Built once a process."""

    def __init__(self) -> None:
        self.tickets = metrics.counter("control_room_tickets_total", "Tickets given to people", ["action"])
        self.refusals = metrics.counter(
            "control_room_refusals_total", "Actions refused to people signed in", ["action"]
        )
        self.sign_ins = metrics.counter(
            "control_room_sign_ins_total", "Tries to sign in whose password was looked at", ["outcome"]
        )
