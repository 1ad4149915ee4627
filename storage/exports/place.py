"""Where the package of an export is, and what goes with it."""

import asyncio
from pathlib import Path

from shared.messages.storage import ExportOrder
from storage.exports.safe import KEY
from storage.exports.stamps import ASKED, TOKEN

PLAIN, ENCRYPTED = ".zip", ".p7m"


def package_path(folder: Path, order: ExportOrder) -> Path:
    """The package, encrypted where the order has a recipient."""
    return folder / f"{order.id}{ENCRYPTED if order.recipient else PLAIN}"


async def destroy_package(folder: Path, order: ExportOrder) -> None:
    """Remove the package, as far as it is there, with its key and time-stamp. Raises OSError."""
    path = package_path(folder, order)
    for one in (path.with_suffix(KEY), path, path.with_suffix(ASKED), path.with_suffix(TOKEN)):
        await asyncio.to_thread(one.unlink, missing_ok=True)
