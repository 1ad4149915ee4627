"""A real TURN server (coturn, from the package of that name)."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.support.eventually import eventually
from tests.support.ports import free_port

SECRET = "shared-with-the-turn-server-Zq81"


@asynccontextmanager
async def coturn(folder: Path, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """A TURN server on an address of this machine that knows nothing but the secret; its port."""
    port = free_port()
    config = folder / "turnserver.conf"
    lines = [
        f"listening-ip={host}",
        f"listening-port={port}",
        f"relay-ip={host}",
        "realm=beffroi.test",
        "use-auth-secret",
        f"static-auth-secret={SECRET}",
        "allow-loopback-peers",
        f"cli-password={SECRET}",
        "no-cli",
        "no-tls",
        "no-dtls",
        "log-file=stdout",
        f"pidfile={folder / 'pid'}",
        f"userdb={folder / 'db'}",
    ]
    config.write_text("\n".join(lines) + "\n")
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-c", str(config), cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    # Its pipes are emptied, as one that is full would stop it.
    drained = asyncio.create_task(process.communicate())

    async def listens() -> bool:
        assert process.returncode is None, "turnserver ended"
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return False
        writer.close()
        return True

    try:
        await eventually(listens, within_s=20, what="the TURN server listening")
        yield port
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await drained
