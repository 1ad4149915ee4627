"""The journal, for reading. It is written in the transaction of what it tells: see `access.gate`."""
