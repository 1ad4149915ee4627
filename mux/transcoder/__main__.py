"""`python -m mux.transcoder`: started by mux, speaks to it over its standard input and output."""

import os

_NICENESS = 5


def _start() -> None:
    # Before the imports: they cost more than anything else before the first picture, and mux comes first.
    os.nice(_NICENESS)
    from mux.transcoder.child import main

    main()


_start()
