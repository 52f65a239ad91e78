"""A double of the organisation's cloud: a real HTTP server with the real one's manners, good and bad (CLOUD.md).

Knows nothing of the program under test. Use ``running_cloud(clock)``; see cloud.py for what it offers.
"""

from tests.fakes.cloud.cloud import Cloud, Received, running_cloud
from tests.fakes.cloud.push import Moment
from tests.fakes.cloud.settings import Call, Fault, Settings
from tests.fakes.cloud.values import Refused

__all__ = ["Call", "Cloud", "Fault", "Moment", "Received", "Refused", "Settings", "running_cloud"]
