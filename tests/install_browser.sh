#!/bin/bash
# Makes sure the browser tests have Debian's Chromium, or says in one sentence what is missing.
set -euo pipefail
if command -v chromium >/dev/null; then
    exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "beffroi: the browser tests need Chromium: as root, run apt-get install chromium, then try again" >&2
    exit 1
fi
echo "beffroi: installing Chromium for the browser tests"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
