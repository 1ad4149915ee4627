"""Bits and Exp-Golomb codes of coded video's headers (ITU-T H.264, section 9.1; ITU-T H.265, section 9.2)."""

from shared.errors import BadInput

_MAX_ZEROS = 32


def without_emulation(payload: bytes) -> bytes:
    """A NAL unit's payload without its emulation prevention bytes (H.264 7.4.1, H.265 7.4.2)."""
    return payload.replace(b"\x00\x00\x03", b"\x00\x00")


class BitReader:
    """Reads a header from its first bit on. `what` and `field` name it in each BadInput."""

    def __init__(self, payload: bytes, what: str, field: str) -> None:
        self._value = int.from_bytes(payload, "big")
        self._left = len(payload) * 8
        self._what, self._field = what, field

    def u(self, count: int) -> int:
        """`count` bits as an unsigned number. Raises BadInput where there are fewer."""
        if count > self._left:
            raise BadInput(f"{self._what} ends too early", self._field)
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def ue(self) -> int:
        """An unsigned Exp-Golomb code. Raises BadInput on one no stream may have."""
        zeros = 0
        while self.u(1) == 0:
            zeros += 1
            if zeros > _MAX_ZEROS:
                raise BadInput(f"{self._what} has an endless Exp-Golomb code", self._field)
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb code."""
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)
