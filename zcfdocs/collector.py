"""The garbage collector at rest while much is made that stays: it would look through all of it again and again and find nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest(keep: bool = False) -> Iterator[None]:
    """`keep`: what was made lives until the end of the process and is never looked at."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if keep:
            gc.freeze()
        if running:
            gc.enable()
