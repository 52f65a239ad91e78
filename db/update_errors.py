"""The errors of an update: see db/errors.py.

Knows nothing of how programs are exchanged.
"""

from __future__ import annotations

from db.errors import HubError


class UpdateDamaged(HubError):
    """The file is no update, is cut short, or cannot be read."""

    code = "update_damaged"


class UpdateNotTrusted(HubError):
    """The update file was changed, or is signed by nobody whom this program trusts."""

    code = "update_not_trusted"


class UpdateOfOtherSystem(HubError):
    """The update is for another kind of computer (``platform``)."""

    code = "update_of_other_system"


class UpdateNotNewer(HubError):
    """The update (``version``) is not newer than this program."""

    code = "update_not_newer"


class UpdateTooFarAhead(HubError):
    """Another version (``version``) or a later one has to be installed before this update can be."""

    code = "update_too_far_ahead"


class UpdateFailed(HubError):
    """The new version did not pass its trial on this computer: the one before serves, and nothing was changed."""

    code = "update_failed"


class UpdateNeedsNoPassphrase(HubError):
    """A passphrase protects the start, so that the new version could not be tried with a copy of the records."""

    code = "update_needs_no_passphrase"


class UpdateRunning(HubError):
    """An update is under way."""

    code = "update_running"


class UpdateFeedFailed(HubError):
    """What versions there are could not be asked for on the internet."""

    code = "update_feed_failed"
