"""``python -m kiosk``: the program."""

import sys

from kiosk.launcher import main

if __name__ == "__main__":
    sys.exit(main())
