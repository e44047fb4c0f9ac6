"""How the process treats the memory that it has given back."""

import ctypes

LARGE_BLOCK_BYTES = 8 * 2**20
POOLS = 2
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


def keep_memory_small() -> None:
    """Have glibc hand the 12 MiB of each login back, and share its pools: else each worker keeps its own."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
        mallopt(_M_ARENA_MAX, POOLS)
