"""`python -m ingest.decoding`: started by the worker, speaks to it over its standard input and output."""

import os

_NICENESS = 10


def _start() -> None:
    # Before the imports, which cost more than many pictures: pulling comes first.
    os.nice(_NICENESS)
    from ingest.decoding.child import main

    main()


_start()
