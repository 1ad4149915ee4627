"""What must hold for the repository as a whole."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_REGISTRY = re.compile(
    r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|yarnpkg|registry|mirror|artifactory|nexus)[\w./:-]*", re.I
)
_LOCKED_ADDRESS = re.compile(r'"resolved"\s*:|registry\s*=\s*"?http|--(?:extra-)?index-url|--find-links')


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files of the repository: those git follows, or all of an unpacked archive."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        return tuple(file for file in ROOT.rglob("*") if file.is_file() and ".venv" not in file.parts)
    return tuple(
        ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()
    )


def texts() -> list[tuple[str, str]]:
    found = []
    for file in tracked_files():
        try:
            found.append((str(file.relative_to(ROOT)), file.read_text()))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_holds_a_registry_s_address() -> None:
    own = str(Path(__file__).relative_to(ROOT))
    holders = [name for name, text in texts() if name != own and _REGISTRY.search(text)]
    assert holders == []


def test_lock_files_record_no_address_at_all() -> None:
    locks = [(name, text) for name, text in texts() if name.endswith((".lock", "package-lock.json"))]
    assert [name for name, text in locks if _LOCKED_ADDRESS.search(text)] == []
    assert len(locks) == 4


def test_every_locked_package_has_a_hash() -> None:
    for name, text in texts():
        if name.endswith(".lock"):
            entries = re.split(r"\n(?=\S)", text)
            missing = [
                entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry
            ]
            assert missing == [], name


def test_the_page_s_lock_has_an_integrity_for_each_package() -> None:
    lock = json.loads((ROOT / "control_room/web/package-lock.json").read_text())
    missing = [
        name
        for name, entry in lock["packages"].items()
        if name and "integrity" not in entry and not entry.get("link")
    ]
    assert missing == []


@pytest.mark.parametrize("limit", [500])
def test_no_module_is_longer_than_the_house_allows(limit: int) -> None:
    sources = [(n, t) for n, t in texts() if n.endswith((".py", ".ts", ".tsx")) and ".gen." not in n]
    assert [(n, t.count("\n")) for n, t in sources if t.count("\n") > limit] == []


def test_nothing_runs_on_import_of_a_service() -> None:
    """Importing every service connects to nothing, reads no setting and starts no thread."""
    probe = (
        "import threading, socket, os\n"
        "socket.socket.connect = socket.socket.bind = None\n"
        "import control_room.service, ingest.service, mux.service, storage.service, deploy.cli\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    import sys

    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
