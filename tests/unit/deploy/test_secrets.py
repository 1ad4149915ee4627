import stat
from pathlib import Path

from deploy.secrets import open_secrets
from shared.clock import SimulatedClock
from shared.tap import TapKeys
from shared.tickets import Action, Ticket, TicketSigner, TicketVerifier


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    kept = open_secrets(tmp_path / "secrets")
    kept.text("redis-password")
    kept.worker_tap_key("59350")
    files = [file for file in kept.folder.rglob("*") if file.is_file()]
    assert [file.name for file in files if stat.S_IMODE(file.stat().st_mode) != 0o600] == []
    assert len(files) == 11


def test_a_second_start_finds_the_same_secrets(tmp_path: Path) -> None:
    def snapshot() -> dict[str, bytes]:
        kept = open_secrets(tmp_path)
        kept.fernet("cameras.key")
        kept.worker_tap_key("59350")
        return {file.name: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    assert snapshot() == snapshot()


def test_the_public_ticket_key_checks_what_the_private_one_signs(tmp_path: Path) -> None:
    kept = open_secrets(tmp_path)
    clock = SimulatedClock()
    token = TicketSigner.from_pem(kept.ticket_private.read_bytes()).sign(
        Ticket("t-1", "p-1", "s-1", Action.LIVE, "59350/cam-1/main", clock.utc_ns() // 1_000_000_000 + 60)
    )
    verifier = TicketVerifier.from_pem(kept.ticket_public.read_bytes(), clock)
    assert verifier.verify(token, Action.LIVE, "59350/cam-1/main").subject == "p-1"


def test_the_centre_knows_the_worker_s_tap_key_by_its_commune(tmp_path: Path) -> None:
    kept = open_secrets(tmp_path)
    worker = TapKeys.load(kept.worker_tap_key("59350"), server_key_file=kept.tap_public)
    centre = TapKeys.load(kept.tap_secret, peers_dir=kept.tap_peers)
    assert centre.commune_of(worker.public.decode()) == "59350"
    assert worker.server_public == centre.public


def test_a_lost_public_key_is_made_again_from_the_private_one(tmp_path: Path) -> None:
    kept = open_secrets(tmp_path)
    pem = kept.evidence_public.read_bytes()
    kept.evidence_public.unlink()
    assert open_secrets(tmp_path).evidence_public.read_bytes() == pem
