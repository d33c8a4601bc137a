"""The command line: arguments in, exit code out; what is decided is decided below."""

from zcfdocs.cli import judging, making, keeping, signing, packing, verifying, reviewing, telling, beginning, publishing, shaping  # noqa: F401, I001  # each registers its commands, in the order of --help
from zcfdocs.cli.frame import app
from zcfdocs.cli.main import main

__all__ = ["app", "main"]
