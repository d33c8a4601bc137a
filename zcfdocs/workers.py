"""Work in fresh processes, each piece in a room of its own and within a time limit, so that none can hold up or take down the rest."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TaskTimeout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zcfdocs.errors import ZcfError
from zcfdocs.store import Store

TIME_LIMIT = 300
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """Files to be made: `work(task, room)` writes them into the room, from where they are kept under `key`."""

    name: str
    key: str
    work: Callable[[Any, Path], None]
    task: Any


def fulfil(orders: Sequence[Order], workers: int, store: Store, tell: Tell) -> dict[str, ZcfError]:
    """Do all, keep what was made, and say by name what could not be made and why."""
    failed: dict[str, ZcfError] = {}
    if not orders:
        return failed
    from pebble import ProcessPool  # only where there is something to do

    # A fresh process each: the chart library's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with store.room() as rooms, ProcessPool(max_workers=max(1, min(workers, len(orders))), context=context) as pool:
        waiting = []
        for number, order in enumerate(orders, 1):
            room = rooms / str(number)
            room.mkdir()
            waiting.append((number, order, room, pool.schedule(order.work, args=[order.task, room], timeout=TIME_LIMIT)))
        for number, order, room, future in waiting:
            if error := _failure(future):
                failed[order.name] = error
                continue
            store.keep(order.key, room)
            tell(f"[{number}/{len(waiting)}] 已生成 {order.name}")
    return failed


def _failure(future: Any) -> ZcfError | None:
    """Why a piece could not be made; what is not the fault of its data is a bug and passes."""
    from pebble import ProcessExpired

    try:
        future.result()
    except ZcfError as error:
        return error
    except (ProcessExpired, RecursionError, MemoryError) as error:
        return ZcfError(f"无法排版（{type(error).__name__}）", hint="检查正文中层层嵌套的列表或引用")
    except TaskTimeout:
        return ZcfError(f"排版超过 {TIME_LIMIT} 秒，已停止", hint="检查正文中特别大的表格或特别长的段落")
    return None
