"""`python -m control_room.openapi` prints the OpenAPI document; needs no settings, database or connection."""

import json
import sys

from control_room.http.app import create_app


def main() -> None:
    """Print the document."""
    json.dump(create_app().openapi(), sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
