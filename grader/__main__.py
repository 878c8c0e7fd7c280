"""``python -m grader`` is ``grade``."""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # the current folder, which may be a student's: nothing in it is imported

from grader.cli import main

if __name__ == "__main__":
    main()
