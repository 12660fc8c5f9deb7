"""A command in a process of its own that need not import everything again."""

import os
import sys
from pathlib import Path


def run(arguments: list[str], environment: dict[str, str], output: Path, errors: Path) -> None:
    """Called in a process made for it; what it says goes to the two files, how it ends is the process's exit code."""
    for path, number in ((output, 1), (errors, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["meydan", *arguments]
    from meydan.cli import main

    main()
