"""`make bench-peers` first has here what Debian packages: Janus, and libIPSec_MB for mux to seal by.

`python -m tests.bench.install` does it too. Where it may not, it says so in a sentence: Janus is left out of
the table, mux seals by libcrypto. aiortc is of the test group.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_INSTALL_S = 600
_HEADER = Path("/usr/include/intel-ipsec-mb.h")
_CORE = Path(__file__).parents[2] / "mux" / "transport" / "core.c"


def ready() -> str | None:
    """Have Janus here; otherwise one sentence that says why not."""
    if shutil.which("janus"):
        return None
    refused = _installed("janus")
    if refused is None:
        _stop_the_package_s_own()
        return None
    return f"Janus is left out: {refused}"


def sealing_ready() -> str | None:
    """Have libIPSec_MB here, for the next `make setup` to build mux with; otherwise why not."""
    if _HEADER.exists():
        return None
    refused = _installed("libipsec-mb-dev")
    if refused is None:
        _CORE.touch()
        return None
    return f"mux seals by libcrypto: {refused}"


def _installed(package: str) -> str | None:
    """None where the package could be installed; else why not."""
    if shutil.which("apt-get") is None:
        return f"{package} is installed from Debian's packages, and apt-get is not here."
    if os.geteuid() != 0:
        return f"only root may install it (apt-get install {package})."
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", package],
    ):
        try:
            subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True, timeout=_INSTALL_S
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            reason = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1]
            return f"{' '.join(command)} failed: {reason}"
    return None


def _stop_the_package_s_own() -> None:
    """Debian starts the service of a package it installs; this bench runs its own."""
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", "--now", "janus"], capture_output=True, check=False)


def main() -> int:
    """Install; print the reason where it cannot be."""
    for reason in (ready(), sealing_ready()):
        if reason is not None:
            print(f"{reason}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
