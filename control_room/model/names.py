"""New ids and tokens. Randomness comes in, so that tests can repeat it."""

from hashlib import sha256
from random import Random, SystemRandom

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_ID_CHARS = 10
_TOKEN_BYTES = 32


class Names:
    """Gives names nobody can guess, as long as `random` is the system's."""

    def __init__(self, random: Random | None = None) -> None:
        self._random = random if random is not None else SystemRandom()

    def new(self, prefix: str) -> str:
        """`prefix`, a dash and ten characters of [a-z0-9]."""
        return f"{prefix}-" + "".join(self._random.choices(_ALPHABET, k=_ID_CHARS))

    def token(self) -> str:
        """A bearer secret of 256 bits, in hexadecimal."""
        return self._random.randbytes(_TOKEN_BYTES).hex()


def token_hash(token: str) -> str:
    """What is kept of a bearer secret. It is random in full, so a plain hash cannot be turned back."""
    return sha256(token.encode()).hexdigest()
