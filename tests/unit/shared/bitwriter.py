"""Writes the headers that the parsers read."""


class BitWriter:
    """Writes bits and Exp-Golomb codes (H.264, section 9.1)."""

    def __init__(self) -> None:
        self._bits = ""

    def u(self, count: int, value: int) -> "BitWriter":
        self._bits += f"{value:0{count}b}" if count else ""
        return self

    def ue(self, *values: int) -> "BitWriter":
        for value in values:
            code = f"{value + 1:b}"
            self._bits += "0" * (len(code) - 1) + code
        return self

    def align(self) -> "BitWriter":
        """Zeros up to a whole byte."""
        self._bits += "0" * (-len(self._bits) % 8)
        return self

    def data(self) -> bytes:
        """All bits, a stop bit and zeros up to a whole byte."""
        bits = self._bits + "1"
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")

    def nal(self, header: bytes) -> bytes:
        """A NAL unit behind this header, emulation prevention included."""
        out = bytearray()
        for byte in self.data():
            if byte <= 3 and out[-2:] == b"\0\0":
                out.append(3)
            out.append(byte)
        return header + bytes(out)
