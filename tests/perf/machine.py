"""What /proc tells of processes: CPU time and memory, of a process and all that it has started."""

import os
import platform
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def tree(pid):
    """The process and all its descendants."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rsplit(")", 1)[1].split()[1]), []).append(int(stat.parent.name))
        except OSError:
            pass  # it has ended
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


def cpu_seconds(pids):
    """User and system time of the processes, and of their children that have ended."""
    total = 0
    for pid in (p for root in pids for p in tree(root)):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(map(int, fields[11:15])) * TICK
        except OSError:
            pass
    return total


def cpu_microseconds(pid):
    """Time on a processor of all threads of one process: finer than ticks, but threads that have ended are not in it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            pass
    return total / 1000


def memory_mb(pids):
    """Proportional set size of the processes and all their descendants: shared pages count once."""
    total = 0
    for pid in (p for root in pids for p in tree(root)):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total / 1024


def rss_mb(pid, kind="VmRSS"):
    """VmRSS, or VmHWM for the most there ever was."""
    text = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(f"{kind}:")) / 1024


def description():
    model = next((k.split(":")[1].strip() for k in open("/proc/cpuinfo") if k.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()} {platform.machine()}"


class Ended:
    """A command that was run to its end: seconds, CPU seconds, the most memory (MB) of its process."""

    def __init__(self, command, **options):
        import subprocess
        import time

        start = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), **options)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - start
        self.cpu = used.ru_utime + used.ru_stime
        self.memory = used.ru_maxrss / 1024
        self.code = process.returncode
