"""Keys and secrets of an installation: made once, kept in files only their owner can read."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.tap.keys import make_pair


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where the keys of an installation are (files), and the secrets that go into environments (text)."""

    folder: Path
    ticket_private: Path
    ticket_public: Path
    evidence_private: Path
    evidence_public: Path
    journal_private: Path
    journal_public: Path
    seal_key: Path
    seal_certificate: Path
    tap_secret: Path
    tap_public: Path
    tap_peers: Path
    footage_keys: Path

    def text(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
        """The secret of this name, made at its first use."""
        file = self.folder / name
        if not file.exists():
            write_secret(file, make().encode())
        return file.read_text().strip()

    def fernet(self, name: str) -> str:
        """A key for encryption at rest."""
        return self.text(name, lambda: Fernet.generate_key().decode())

    def worker_tap_key(self, commune: str) -> Path:
        """The tap key of a commune's worker; its public half is put among the peers the centre accepts."""
        file = self.folder / f"tap-worker-{commune}.key"
        peer = self.tap_peers / f"{commune}.pub"
        if not (file.exists() and peer.exists()):
            public, secret = make_pair()
            write_secret(file, secret)
            write_secret(peer, public)
        return file


def footage_keys(secrets: Path) -> Path:
    """The folder of the communes' footage keys, there or not."""
    return secrets / "footage-keys"


def open_secrets(folder: Path) -> Secrets:
    """The keys in `folder`, made where they are missing.

    The folder of footage keys is made with an installation only: one whose backups leave these keys out
    begins to encrypt its recordings once somebody makes it.
    """
    new = not (folder / "evidence.pem").exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = Secrets(
        folder=folder,
        ticket_private=folder / "ticket.pem",
        ticket_public=folder / "ticket-public.pem",
        evidence_private=folder / "evidence.pem",
        evidence_public=folder / "evidence-public.pem",
        journal_private=folder / "journal.pem",
        journal_public=folder / "journal-public.pem",
        # Made by storage when it first starts: an RSA key takes a second.
        seal_key=folder / "seal.pem",
        seal_certificate=folder / "seal-certificate.pem",
        tap_secret=folder / "tap.key",
        tap_public=folder / "tap.pub",
        tap_peers=folder / "tap-peers",
        footage_keys=footage_keys(folder),
    )
    if new:
        kept.footage_keys.mkdir(exist_ok=True, mode=0o700)
    kept.tap_peers.mkdir(exist_ok=True, mode=0o700)
    _signing_pair(kept.ticket_private, kept.ticket_public)
    _signing_pair(kept.evidence_private, kept.evidence_public)
    _signing_pair(kept.journal_private, kept.journal_public)
    if not (kept.tap_secret.exists() and kept.tap_public.exists()):
        public, secret = make_pair()
        write_secret(kept.tap_secret, secret)
        write_secret(kept.tap_public, public)
    return kept


def write_secret(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    part = file.with_name(file.name + ".part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(file)


def _signing_pair(private: Path, public: Path) -> None:
    if not private.exists():
        key = Ed25519PrivateKey.generate()
        write_secret(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    loaded = load_pem_private_key(private.read_bytes(), None)
    pem = loaded.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not public.exists() or public.read_bytes() != pem:
        write_secret(public, pem)
