"""`beffroi verify`: tells in words whether an export is what the centre handed over."""

import sys
from pathlib import Path

from storage.verify import verify

from shared.errors import BadInput


def verification(export: Path, key_file: Path) -> int:
    """Print what the check found; 0 when the export is sound, 1 when not. Raises BadInput without a key."""
    try:
        key = key_file.read_bytes()
    except OSError as error:
        raise BadInput(f"the key {key_file} cannot be read: {error.strerror}") from error
    verdict = verify(export, key)
    print(verdict.describe(), file=sys.stdout)
    return 0 if verdict.sound else 1
