"""``python -m spinn_engine COMMAND``; ``--help`` lists the commands."""

import sys

from spinn_engine.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
