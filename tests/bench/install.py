"""`make bench-peers` first has the peers here: `python -m tests.bench.install` installs Janus from Debian.

Where it may not, it says so in a sentence and the peer is left out of the table. aiortc is of the test group.
"""

import os
import shutil
import subprocess
import sys

_INSTALL_S = 600


def ready() -> str | None:
    """Have Janus here; otherwise one sentence that says why not."""
    if shutil.which("janus"):
        return None
    if shutil.which("apt-get") is None:
        return "Janus is left out: it is installed from Debian's package, and apt-get is not here."
    if os.geteuid() != 0:
        return "Janus is left out: only root may install it (apt-get install janus)."
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "janus"],
    ):
        try:
            subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True, timeout=_INSTALL_S
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            reason = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1]
            return f"Janus is left out: {' '.join(command)} failed: {reason}"
    _stop_the_package_s_own()
    return None


def _stop_the_package_s_own() -> None:
    """Debian starts the service of a package it installs; this bench runs its own."""
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", "--now", "janus"], capture_output=True, check=False)


def main() -> int:
    """Install; print the reason where it cannot be."""
    if (reason := ready()) is not None:
        print(f"{reason}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
