"""`python -m ingest --commune CODE`"""

import argparse
import sys

from ingest.service import build
from shared.service import main

parser = argparse.ArgumentParser(prog="python -m ingest", description="The ingest worker of one commune.")
parser.add_argument("--commune", help="INSEE code; default: BEFFROI_COMMUNE")

if __name__ == "__main__":
    arguments = parser.parse_args()
    sys.exit(main("ingest", lambda: build(arguments.commune)))
