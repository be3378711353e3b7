#!/usr/bin/env python3
"""peers.py FILE...: courant-parse, sfeed and feedparser on the same files: CPU time of a process a file; of feedparser, which takes a
second to start, of the parsing alone."""

import os
import resource
import shutil
import subprocess
import sys
import time


def report(name, files, seconds):
    print(f"  {name:<40} {sum(map(os.path.getsize, files)) / 1e6 / max(seconds, 1e-6):7.1f} MB/s")


def processes(command, files):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for path in files:
        with open(path, "rb") as file:
            subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    files = sys.argv[1:]
    report("courant-parse, a process a file", files, processes([os.environ["BUILD"] + "/courant-parse", "-"], files))
    if shutil.which("sfeed"):
        report("sfeed, a process a file", files, processes(["sfeed"], files))
    try:
        import feedparser
    except ImportError:
        return
    few = files[:20]
    start = time.process_time()
    for path in few:
        with open(path, "rb") as file:
            feedparser.parse(file.read())
    report(f"feedparser {feedparser.__version__}", few, time.process_time() - start)


if __name__ == "__main__":
    main()
