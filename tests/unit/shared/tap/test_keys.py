from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.tap import TapKeys
from shared.tap.keys import KnownPeers, make_pair, may_publish, read_key
from shared.tap.subscriber import anybody


def folder_of(folder: Path, **peers: bytes) -> TapKeys:
    for commune, public in peers.items():
        (folder / f"{commune.strip('_')}.pub").write_bytes(public + b"\n")
    public, secret = make_pair()
    return TapKeys(public, secret, peers_dir=folder)


def test_a_worker_is_known_by_its_key(tmp_path: Path) -> None:
    public, _ = make_pair()
    assert folder_of(tmp_path, _59350=public).commune_of(public.decode()) == "59350"


def test_a_key_that_is_nowhere_is_nobody_s(tmp_path: Path) -> None:
    assert folder_of(tmp_path, _59350=make_pair()[0]).commune_of(make_pair()[0].decode()) is None


def test_a_damaged_key_file_shuts_out_nobody_else(tmp_path: Path) -> None:
    public, _ = make_pair()
    assert folder_of(tmp_path, _00000=b"damaged", _59350=public).commune_of(public.decode()) == "59350"


def test_a_damaged_key_file_is_named_to_whom_it_may_concern(tmp_path: Path) -> None:
    keys = folder_of(tmp_path, _59350=b"damaged")
    with pytest.raises(BadInput, match=r"59350\.pub"):
        keys.commune_of(make_pair()[0].decode())


async def test_a_key_taken_away_is_forgotten_within_seconds(tmp_path: Path) -> None:
    public, _ = make_pair()
    clock = SimulatedClock()
    peers = KnownPeers(folder_of(tmp_path, _59350=public), clock, anybody)
    assert peers.commune_of(public.decode()) == "59350"
    (tmp_path / "59350.pub").unlink()
    await clock.advance(5)
    assert peers.commune_of(public.decode()) is None


def test_a_key_without_the_right_to_publish_is_nobody_s_until_the_right_is_back(tmp_path: Path) -> None:
    public, _ = make_pair()
    right = ("59350", public.decode())
    rights = {right}
    peers = KnownPeers(folder_of(tmp_path, _59350=public), SimulatedClock(), lambda *asked: asked in rights)
    assert peers.commune_of(public.decode()) == "59350"
    rights.clear()
    assert peers.commune_of(public.decode()) is None
    rights.add(right)
    assert peers.commune_of(public.decode()) == "59350"


def test_keys_are_not_read_again_for_each_message(tmp_path: Path) -> None:
    public, _ = make_pair()
    peers = KnownPeers(folder_of(tmp_path, _59350=public), SimulatedClock(), anybody)
    peers.commune_of(public.decode())
    (tmp_path / "59350.pub").unlink()
    assert peers.commune_of(public.decode()) == "59350"


@pytest.mark.parametrize("content", [b"", b"x" * 39, b"x" * 41, b"\xff" * 40, b"~" * 40, b" " * 40])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(BadInput, match="does not hold a Z85 key"):
        read_key(tmp_path / "key")


def test_no_refusal_repeats_a_key(tmp_path: Path) -> None:
    _, secret = make_pair()
    (tmp_path / "key").write_bytes(secret + b"x")
    with pytest.raises(BadInput) as refusal:
        read_key(tmp_path / "key")
    assert secret.decode() not in refusal.value.detail


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="key cannot be read: No such file"):
        TapKeys.load(tmp_path / "key")


def test_the_public_key_follows_from_the_secret_one(tmp_path: Path) -> None:
    public, secret = make_pair()
    (tmp_path / "key").write_bytes(secret)
    assert TapKeys.load(tmp_path / "key").public == public


def test_a_secret_key_is_not_in_the_repr() -> None:
    public, secret = make_pair()
    assert secret.decode() not in repr(TapKeys(public, secret))


@pytest.mark.parametrize(("commune", "may"), [("59350", True), ("59512", False), (None, False)])
def test_a_worker_publishes_for_its_own_commune_only(commune: str | None, may: bool) -> None:
    assert may_publish(commune, StreamId("59350", "cam")) is may
