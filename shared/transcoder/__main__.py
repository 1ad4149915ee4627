"""`python -m shared.transcoder`: started by mux and storage, speaks over its standard input and output."""

import os

_NICENESS = 5


def _start() -> None:
    # Before the imports, which cost more than anything else before the first picture: services come first.
    os.nice(_NICENESS)
    from shared.transcoder.child import main

    main()


_start()
