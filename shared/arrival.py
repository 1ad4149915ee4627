"""What the arrival of pictures tells of when they were taken: what is assumed, how exactly it is known."""

MAX_DELAY_NS = 200_000_000
"""So long at most, we assume, the quickest pictures of a camera take from capture to us."""

LOOSE_NS = 20_000_000
"""How exactly the kernel tells when something came: it counts ticks of 10 ms at most, at both ends."""
