"""The journal of the whole system beside what a commune's worker kept of it, checked offline."""

import asyncio
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.support.client import signed_in
from tests.support.eventually import eventually
from tests.support.whole import ROOT, WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
_ENTRY = b'{"seq":'


async def verified(journal: Path, key: Path, heads: Path) -> tuple[int, str]:
    """The exit code of `beffroi verify journal`, and the finding it begins with."""
    process = await asyncio.create_subprocess_exec(
        *[str(ROOT / ".venv" / "bin" / "beffroi"), "verify", "journal", str(journal)],
        *["--key", str(key), "--heads", str(heads)],
        cwd=ROOT,
        stdout=PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode().partition(":")[0]


async def test_the_journal_is_held_to_the_head_that_a_communes_worker_kept(
    whole: WholeSystem, tmp_path: Path
) -> None:
    def kept() -> list[Path]:
        return sorted(whole.data_dir.rglob("ingest/*/journal-head"))

    # A worker that asked before the first head was signed asks again in a minute.
    await eventually(lambda: bool(kept()), within_s=90, what="a head of the journal at a worker")
    async with signed_in(whole.url, "admin") as admin:
        answer = await admin.get("/journal/extract")
    assert answer.status_code == 200
    journal, key = tmp_path / "journal.jsonl", whole.data_dir / "secrets" / "journal-public.pem"
    journal.write_bytes(answer.content)
    assert await verified(journal, key, kept()[0]) == (0, "sound")
    lines = answer.content.splitlines(keepends=True)
    gone = next(number for number, line in enumerate(lines) if line.startswith(_ENTRY))
    journal.write_bytes(b"".join([*lines[:gone], *lines[gone + 1 :]]))
    assert await verified(journal, key, kept()[0]) == (1, "missing")
