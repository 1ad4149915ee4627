"""Why footage cannot be sealed or opened, as errors of the object store's port."""

import errno

from storage.objects.sealing.scope import Scope
from storage.objects.store import StoreAway


class KeyAway(StoreAway):
    """The key of a commune is not to be had: nothing is said of its objects, which are as they were."""

    def __init__(self, text: str) -> None:
        super().__init__(errno.ENOKEY, text)


class SealBroken(OSError):
    """One object, or the data key of one camera and day, is not what was written."""

    def __init__(self, scope: Scope, text: str) -> None:
        super().__init__(errno.EBADMSG, f"the footage of {scope} cannot be opened: {text}")
