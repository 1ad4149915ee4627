"""Which description a unit or a file has."""

from shared.codecs.parameter_sets import H264, H265, sets_in_front
from shared.errors import BadInput
from shared.units import AccessUnit, Codec
from storage.fmp4.avc import AvcDescription
from storage.fmp4.boxes import Box, boxes, find
from storage.fmp4.elementary import JpegDescription, Mpeg4Description, read_esds
from storage.fmp4.entry import Description, configuration_at, size_of
from storage.fmp4.hevc import HevcDescription

_SETS = {Codec.H264: H264, Codec.H265: H265}


def describe(key_unit: AccessUnit) -> Description:
    """The description of the file that starts with a key unit. Raises BadInput where it cannot start one."""
    match key_unit.codec:
        case Codec.H264:
            return AvcDescription.of_unit(key_unit.data)
        case Codec.H265:
            return HevcDescription.of_unit(key_unit.data)
        case Codec.MJPEG:
            return JpegDescription.of_unit(key_unit.data)
        case Codec.MPEG4:
            return Mpeg4Description.of_unit(key_unit.data)


def front_of(key_unit: AccessUnit) -> bytes:
    """What makes sure that another unit has the same description if it begins so; empty where nothing does.

    It ends in the first slice: with one parameter set of each kind in front of it nothing else counts.
    """
    names = _SETS.get(key_unit.codec)
    if names is None:
        return b""
    sets, slice_at = sets_in_front(key_unit.data, names)
    alone = slice_at >= 0 and sorted(map(names.type_of, sets)) == sorted(names.kinds)
    return key_unit.data[: slice_at + 1] if alone else b""


def read_description(data: bytes, table: Box) -> Description:
    """The description in the sample entry of an `stsd`. Raises BadInput."""
    entry = next(boxes(data, table.body + 8, table.end), None)
    if entry is None:
        raise BadInput("stsd is empty")
    first, end = configuration_at(entry)

    def payload(kind: bytes) -> bytes:
        found = find(data, (kind,), first, end)
        return data[found.body : found.end]

    match entry.kind:
        case b"avc1":
            return AvcDescription.from_avcc(payload(b"avcC"))
        case b"hvc1":
            return HevcDescription.from_hvcc(payload(b"hvcC"))
        case b"mp4v":
            return read_esds(payload(b"esds"), *size_of(data, entry))
    raise BadInput(f"MP4 holds {entry.kind!r}, which is not known here")
