"""What the system keeps of a file: all of it for as long as it is measured, or nothing."""

import ctypes
import mmap
import os

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
LIBC.munmap.argtypes = LIBC.mlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]


def forget(path):
    """Takes the file out of the page cache, as far as nobody holds it there."""
    with open(path, "rb") as f:
        os.fsync(f.fileno())
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Held:
    """The whole file in the page cache. A kernel may take out what was not used for a minute (DAMON), also where memory is
    plenty; then a large catalog is never warm. So it is locked, where that is allowed; `locked` tells."""

    def __init__(self, path):
        with open(path, "rb", buffering=0) as f:
            self.size = os.fstat(f.fileno()).st_size
            buffer = bytearray(1 << 24)
            while f.readinto(buffer):
                pass
            self.at = LIBC.mmap(None, self.size, mmap.PROT_READ, mmap.MAP_SHARED, f.fileno(), 0)
        self.mapped = self.at != ctypes.c_void_p(-1).value
        self.locked = self.mapped and LIBC.mlock(self.at, self.size) == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mapped:
            LIBC.munmap(self.at, self.size)
