"""Putting the service together: a wrong setting is one sentence, and own services are no cameras."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from control_room.service import address_policy, redis_bus, serve
from control_room.settings import ControlRoomSettings
from shared.errors import BadInput
from shared.service import Service
from tests.unit.control_room.room import settings


def with_key(folder: Path) -> ControlRoomSettings:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ticket.pem").write_bytes(key)
    (folder / "journal.pem").write_bytes(key)
    return settings(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"secret_key": SecretStr("not-a-fernet-key-Zq81")},
        {"ticket_private_key_file": Path("/nowhere/ticket.pem")},
        {"journal_key_file": Path("/nowhere/journal.pem")},
        {"database_url": SecretStr("nonsense://u:Zq81@h")},
        {"redis_url": SecretStr("nonsense://:Zq81@h")},
    ],
)
async def test_a_wrong_setting_is_one_sentence_that_names_it_and_quotes_no_secret(
    tmp_path: Path, change: dict[str, object]
) -> None:
    service = Service("control_room", status_port=0)
    chosen = with_key(tmp_path).model_copy(update=change)
    with pytest.raises(BadInput) as caught:
        await serve(service, chosen, redis_bus(chosen))
    assert f"BEFFROI_{next(iter(change)).upper()}" in caught.value.detail
    assert "Zq81" not in caught.value.detail


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://storage.internal:9000/",
        "rtsp://storage.test:443/",
        "rtsp://mux.test:443/",
        "rtsp://127.0.0.1:6390/",
        "rtsp://127.0.0.1:8080/",
        "rtsp://127.0.0.1:9080/",
    ],
)
def test_no_camera_is_one_of_our_services_even_where_loopback_is_allowed(
    tmp_path: Path, address: str
) -> None:
    policy = address_policy(settings(tmp_path).model_copy(update={"allow_loopback": True}))
    with pytest.raises(BadInput):
        policy.check(address)
