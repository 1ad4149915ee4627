"""A real S3 service for tests: SeaweedFS from a wheel, with versions, object lock and conditional writes."""

import json
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from storage.objects.marker import found_store
from storage.objects.s3 import S3Store
from storage.objects.s3_wire import S3Place, S3Wire
from tests.support.ports import free_port

ACCESS, SECRET = "access-of-the-tests", "secret-of-the-tests"
LOCKED, PLAIN = "locked", "plain"
"""Buckets: one with versions and object lock, one without either."""

PART_BYTES = 5 << 20
"""Of an upload in the tests: the fewest that a service takes."""

_MOST_S = 30.0


class S3Server:
    """One service. `stop` and `start` again play an outage; the port and what it keeps stay the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.credentials = folder / "credentials"
        self._ports = [free_port() for _ in range(7)]
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it for the first time, and make the buckets."""
        (self.folder / "data").mkdir(parents=True)
        identity = {
            "name": "beffroi",
            "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (self.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        self.credentials.write_text(credentials_text(SECRET))
        self.credentials.chmod(0o600)
        self.start()
        client = self.client()
        client.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
        client.create_bucket(Bucket=PLAIN)

    def start(self) -> None:
        program = shutil.which("weed", path=str(Path(sys.executable).parent))
        assert program is not None, "the wheel of the S3 service is not installed: make setup"
        master, master_rpc, volume, volume_rpc, filer, filer_rpc, s3_rpc = map(str, self._ports)
        options = {
            "dir": "data",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": "64",
            "master.port": master,
            "master.port.grpc": master_rpc,
            "volume.port": volume,
            "volume.port.grpc": volume_rpc,
            "volume.max": "30",
            "volume.preStopSeconds": "0",
            "filer": "true",
            "filer.port": filer,
            "filer.port.grpc": filer_rpc,
            "filer.localSocket": "filer.sock",
            "s3": "true",
            "s3.port": str(self.port),
            "s3.port.grpc": s3_rpc,
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "s3.config": "s3.json",
            "s3.iam": "false",
            "s3.autoCreateBucket": "false",
            "s3.localSocket": "s3.sock",
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    program,
                    "-logtostderr=true",
                    "server",
                    *(f"-{one}={what}" for one, what in options.items()),
                ],
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        client, until_s = self.client(), time.monotonic() + _MOST_S
        while True:
            try:
                client.list_buckets()
                return
            except (BotoCoreError, ClientError):
                assert time.monotonic() < until_s, (self.folder / "log").read_text()[-2000:]
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside, the service takes connections and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def client(self) -> Any:
        """Whoever else may reach the buckets: an operator, an attacker, a test."""
        return Session().create_client(
            "s3",
            region_name="eu-west-3",
            endpoint_url=self.url,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            config=Config(
                connect_timeout=2,
                read_timeout=5,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def place(self, bucket: str = LOCKED, *, url: str | None = None) -> S3Place:
        """A folder of a bucket that nobody else uses."""
        return S3Place(url or self.url, bucket, uuid.uuid4().hex[:12], "eu-west-3", self.credentials)


def s3_store(
    place: S3Place, *, name: str | None = "a-store", monotonic_ns: Callable[[], int] = time.monotonic_ns
) -> S3Store:
    """A store at a place, named."""
    store = S3Store(S3Wire(place, monotonic_ns), PART_BYTES)
    if name is not None:
        found_store(store.notes, name)
    return store


def credentials_text(secret: str) -> str:
    return f"[default]\naws_access_key_id = {ACCESS}\naws_secret_access_key = {secret}\n"
