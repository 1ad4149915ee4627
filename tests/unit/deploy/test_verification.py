"""`beffroi verify`: what a court's clerk reads of an export."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.verification import printable, told, verification
from shared.errors import BadInput
from shared.evidence.verify import Finding, Verdict

_LOADS = """
import sys
before = set(sys.modules)
import deploy.cli, deploy.verification
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(tops - sys.stdlib_module_names))
"""


def test_verifying_needs_nothing_but_python_and_cryptography() -> None:
    run = subprocess.run([sys.executable, "-c", _LOADS], capture_output=True, check=True, text=True)
    known = {"deploy", "shared", "cryptography", "cffi", "_cffi_backend", "_openssl"}
    assert set(run.stdout.split()) <= known


def test_every_file_concerned_is_named() -> None:
    verdict = Verdict(Finding.ALTERED_FILE, "altered: a.mp4", altered=("a.mp4",), extra=("b.mp4",))
    assert told(verdict) == ["altered-file: altered: a.mp4", "  altered: a.mp4", "  extra: b.mp4"]


def test_a_sound_export_is_told_with_the_key_s_fingerprint() -> None:
    verdict = Verdict(Finding.SOUND, "sound: 3 files are as they were signed", fingerprint="ab12")
    assert told(verdict)[-1] == "  fingerprint of the key: ab12"


def test_a_name_that_would_act_on_a_terminal_is_written_as_an_escape() -> None:
    assert printable("a\x1b[2J\udc80é") == "a\\x1b[2J\\udc80é"


def test_a_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"key .*none\.pem cannot be read"):
        verification(tmp_path, tmp_path / "none.pem")
