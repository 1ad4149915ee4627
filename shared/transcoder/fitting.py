"""Pictures in the form and the size that are coded.

What draws and scales (`drawing.py`: OpenCV and numpy) takes as long to import as all else that a transcoder
needs, and few streams need it: it is asked for where it is used, or in time by `prepare`.
"""

import av


def size_within(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """The size of a picture whose longest side may not be longer; both sides even, as 4:2:0 needs it."""
    longest = max(width, height)
    if longest > longest_side:
        width, height = round(width * longest_side / longest), round(height * longest_side / longest)
    return max(16, width & ~1), max(16, height & ~1)


def fitted(frame: av.VideoFrame, longest_side: int) -> av.VideoFrame:
    """The picture as yuv420p in video range, made smaller where it is too large."""
    converted = frame.reformat(format="yuv420p", dst_color_range="MPEG")
    size = size_within(frame.width, frame.height, longest_side)
    if size == (frame.width, frame.height):
        return converted
    from shared.transcoder import drawing

    return drawing.resized(converted, size)


def notice(size: tuple[int, int], title: str, sentence: str) -> av.VideoFrame:
    """A dark picture with a title and a sentence, that nobody takes for what a camera sees."""
    from shared.transcoder import drawing

    return drawing.notice(*size, title, sentence)


def prepare() -> None:
    """Be ready to draw and to scale."""
    from shared.transcoder import drawing

    drawing.use_one_thread()
