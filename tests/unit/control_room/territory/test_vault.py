"""What is sealed is read with the same key only."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from control_room.model.territory import CameraAccess
from control_room.territory.vault import Vault
from shared.errors import BadInput, Unavailable

KEY = Fernet.generate_key().decode()
ACCESS = CameraAccess("rtsp://10.1.4.20/x", "viewer", "Zq81")


@given(st.builds(CameraAccess, st.text(), st.text(), st.text(), st.text()))
def test_what_was_sealed_is_opened(access: CameraAccess) -> None:
    vault = Vault(KEY)
    assert vault.open(vault.seal(access)) == access


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unavailable):
        Vault(Fernet.generate_key().decode()).open(Vault(KEY).seal(ACCESS))


def test_a_key_that_is_none_is_said_without_quoting_it() -> None:
    with pytest.raises(BadInput) as caught:
        Vault("Zq81")
    assert "Zq81" not in caught.value.detail


def test_a_version_tells_changes_and_is_another_for_another_key() -> None:
    vault = Vault(KEY)
    assert vault.fingerprint(b"one") == vault.fingerprint(b"one") != vault.fingerprint(b"two")
    assert vault.fingerprint(b"one") != Vault(Fernet.generate_key().decode()).fingerprint(b"one")
