"""`python -m mux`."""

import sys

from mux.service import build
from shared.service import main

if __name__ == "__main__":
    sys.exit(main("mux", build))
