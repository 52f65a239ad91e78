"""What a refusal of the operating system means to people: its exceptions as errors with a code and a sentence.

Knows nothing of what was being done. The system's own text is dropped: it may hold a path.
"""

from __future__ import annotations

import errno

from db.errors import DiskFull, HubError, StorageFailed

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


def meaning_of(failure: Exception) -> HubError:
    """The program's error for ``failure``; its own errors stay what they are.

    ``internal`` (with the kind of the exception as what support is told) for what nobody expected.
    """
    if isinstance(failure, HubError):
        return failure
    if not isinstance(failure, OSError):
        return HubError(request_id=type(failure).__name__)
    return DiskFull() if failure.errno in _NO_SPACE else StorageFailed(kind=type(failure).__name__)
