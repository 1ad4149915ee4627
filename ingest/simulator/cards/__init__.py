"""The camera zoo: what a simulated camera can do wrong, where it is met, and what Beffroi then does.

A card for each fault, a module for each chapter. `docs/cameras.md` shows the same table; a test holds both
together.
"""

from ingest.simulator.cards.clocks import CLOCKS
from ingest.simulator.cards.media import MEDIA
from ingest.simulator.cards.talk import TALK
from ingest.simulator.cards.udp import UDP

CARDS = (*TALK, *UDP, *MEDIA, *CLOCKS)
