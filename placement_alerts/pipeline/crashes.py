"""What a log may say of an error that came from what somebody wrote: where it happened, never what was written."""

import traceback
from pathlib import PurePath

FRAMES = 12  # innermost ones that are told


def trace_of(error: BaseException) -> list[str]:
    """Return file, line and function of the calls that led to an error, innermost last; its text may quote a mail."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
