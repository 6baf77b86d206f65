"""`python -m smartmask`: the command line."""

import sys

from smartmask.apps.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
