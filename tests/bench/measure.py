"""What a program costs: wall time, CPU of all its processes, and the most memory they had together."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PAUSE_S = 0.05


@dataclass
class Cost:
    wall: float  # seconds
    cpu: float  # user and system, of all processes
    pss: int = 0  # bytes: the most that a look found all processes to hold together, shared pages counted once


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split()):
                found += [child, *children(child)]
    except OSError:
        pass  # it is gone
    return found


def field(path, key):
    """The number in the line of that key, 0 when the process has gone."""
    try:
        for line in Path(path).read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def pss(pids):
    return sum(field(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids) * 1024


def peaks(pids):
    """The sum of what each had at most, whenever that was."""
    return sum(field(f"/proc/{pid}/status", "VmHWM:") for pid in pids) * 1024


def cpu_seconds(pid):
    """Of a process, of its children that have ended and were waited for, and of those that live."""
    ticks = os.sysconf("SC_CLK_TCK")
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    total = sum(map(int, after_name[13:15])) / ticks
    for one in (pid, *children(pid)):
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                total += int(Path(f"/proc/{one}/task/{task}/schedstat").read_text().split()[0]) / 1e9
        except OSError:
            pass
    return total


class Watch:
    """Looks at the memory of a process and its descendants until it is stopped."""

    def __init__(self, pid):
        self.pid, self.most = pid, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        while not self._stop.is_set():
            self.most = max(self.most, pss([self.pid, *children(self.pid)]))
            self._stop.wait(PAUSE_S)

    def stop(self):
        self._stop.set()
        self._thread.join()
        return self.most


def command(argv, **options):
    """(Cost, what it wrote) of a program that runs to its end."""
    start = time.monotonic()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    watch = Watch(process.pid)
    out = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(wall, usage.ru_utime + usage.ru_stime, watch.stop()), out
