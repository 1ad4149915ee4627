"""A worker runs for each credential in the folder."""

import asyncio
import os
import sys
from pathlib import Path

from deploy.centre import Centre
from deploy.layout import Layout
from deploy.ports import Ports
from deploy.process import Program
from deploy.secrets import open_secrets
from tests.support.eventually import eventually


class Idle(Layout):
    """An installation whose workers say with which credential they run, in a file, and sleep."""

    def worker(self, commune: str, token: str, status_port: int) -> Program:
        said = self.data_dir / f"{commune}.said"
        code = f"import time; open({str(said)!r}, 'w').write({token!r}); time.sleep(600)"
        return Program(f"ingest {commune}", [sys.executable, "-c", code], dict(os.environ))


async def test_workers_follow_the_credentials(tmp_path: Path) -> None:
    layout = Idle(
        data_dir=tmp_path,
        ports=Ports.from_base(21_000, 1),
        secrets=open_secrets(tmp_path / "secrets"),
        host="127.0.0.1",
        public_url="http://127.0.0.1:21000",
        demo=True,
        media_host="127.0.0.1",
        mux_urls=("http://127.0.0.1:21001",),
        storage_url="http://127.0.0.1:21002",
    )
    centre = Centre(layout)
    centre.workers_dir.mkdir()
    (centre.workers_dir / "59350.token").write_text("credential\n")
    said = tmp_path / "59350.said"
    task = asyncio.create_task(centre.keep_workers())
    try:
        await eventually(lambda: said.exists() and said.read_text() == "credential", what="the worker")
        said.unlink()
        (centre.workers_dir / "59350.token").rename(centre.workers_dir / "59512.token")
        other = tmp_path / "59512.said"
        await eventually(other.exists, what="the other commune's worker")
        assert not said.exists()
    finally:
        centre.stopping.set()
        await task
        await centre.stop()
