"""Fixtures of the end-to-end plays: a scripted publisher and a real daemon, fresh for every test."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from daemon import Daemon  # noqa: E402
from origin import Origin  # noqa: E402


@pytest.fixture
def origin():
    server = Origin()
    yield server
    server.close()


@pytest.fixture
def daemon(request):
    """Not started yet; at the end it must stop as it should."""
    d = Daemon()
    try:
        yield d
        d.stop()
    finally:
        d.remove()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed play shows what the daemon logged."""
    outcome = yield
    report = outcome.get_result()
    d = getattr(item, "funcargs", {}).get("daemon")
    if report.failed and d is not None and d.log:
        report.sections.append(("courantd's log", d.log[-8000:]))


def pytest_sessionfinish(session):
    """Adds the counts to scripts/check's sum."""
    results = os.environ.get("COURANT_RESULTS")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if results and reporter and not hasattr(session.config, "workerinput"):
        n = {k: len(v) for k, v in reporter.stats.items()}
        with open(results, "a") as f:
            f.write(f"{n.get('passed', 0)} {n.get('failed', 0) + n.get('error', 0)} {n.get('skipped', 0)}\n")


FIGURES = []


def figure(line):
    """A measured figure, shown at the end of the run whether it passes or not."""
    FIGURES.append(line)


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("figures")
        for line in FIGURES:
            terminalreporter.write_line(line)
