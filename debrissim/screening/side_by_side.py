"""Parts of the work after the search, in threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Outcome = TypeVar("Outcome")


def side_by_side(work: Callable[[Part], Outcome], parts: Iterable[Part], workers: int) -> list[Outcome]:
    """The outcomes of parts, in their order, computed by a number of threads.

    The work must release the interpreter's lock for most of its time, as our kernels do, and write nowhere.
    """
    parts = list(parts)
    if workers <= 1 or len(parts) <= 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(max_workers=min(workers, len(parts))) as pool:
        return list(pool.map(work, parts))
