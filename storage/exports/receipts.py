"""Signs that a package was handed over: it is there, and these are its bytes."""

from datetime import UTC

from shared.errors import BadInput, Conflict
from shared.evidence.receipt import TYPE, signed_file
from shared.evidence.signature import EvidenceKey
from shared.messages.desk import HandOver
from shared.messages.storage import ExportStatus
from shared.reasons import why
from storage.exports.jobs import ExportJobs


class Receipts:
    """The one place besides packages that uses the evidence key."""

    def __init__(self, jobs: ExportJobs, key: EvidenceKey) -> None:
        self._jobs = jobs
        self._key = key

    async def sign(self, given: HandOver) -> str:
        """The receipt's file. Raises BadInput, NotFound, and Conflict where there is no package to give."""
        if not given.name.strip() or not given.capacity.strip():
            raise BadInput(why("receipt-nobody", "a receipt names who was given the package"), "name")
        await self._jobs.packages.package(given.export)
        progress = await self._jobs.progress(given.export)
        if progress.status is not ExportStatus.DONE or not progress.sha256:
            raise Conflict(
                why(
                    "export-not-done",
                    "export {id} is {export_status}: there is no package",
                    id=given.export,
                    export_status=progress.status.value,
                )
            )
        return signed_file(_receipt(given, progress.sha256, progress.bytes), self._key)


def _receipt(given: HandOver, sha256: str, size: int) -> dict[str, str | int]:
    return {
        "type": TYPE,
        "export": given.export,
        "requisition": given.requisition,
        "file": given.file,
        "article": given.article,
        "recipient": given.name,
        "capacity": given.capacity,
        "service": given.service,
        "medium": given.medium,
        "handed_over_at": given.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "handed_over_by": given.by,
        "package_sha256": sha256,
        "package_bytes": size,
    }
