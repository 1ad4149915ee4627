"""Encrypts what must be read again: how to reach cameras. Passwords and tokens are hashed elsewhere."""

import hmac
import json
from dataclasses import asdict
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

from control_room.model.territory import CameraAccess
from shared.errors import BadInput, Unavailable
from shared.reasons import why


class Vault:
    """`key` is a Fernet key (32 bytes in base64url). Raises BadInput on anything else."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise BadInput("BEFFROI_SECRET_KEY is not a Fernet key: 32 bytes in base64url") from error
        self._key = key.encode()

    def seal(self, access: CameraAccess) -> bytes:
        """Encrypted, a different text each time."""
        return self._fernet.encrypt(json.dumps(asdict(access)).encode())

    def open(self, sealed: bytes) -> CameraAccess:
        """What `seal` was given. Raises Unavailable when it was sealed with another key."""
        try:
            return CameraAccess(**json.loads(self._fernet.decrypt(sealed)))
        except InvalidToken as error:
            raise Unavailable(
                why(
                    "sealed-with-another-key",
                    "a camera's address cannot be decrypted: "
                    "BEFFROI_SECRET_KEY is not the one it was sealed with",
                )
            ) from error

    def fingerprint(self, content: bytes) -> str:
        """A version of `content` that tells nothing of it to who lacks the key."""
        return hmac.new(self._key, content, sha256).hexdigest()[:32]
