#!/usr/bin/env python3
"""refresh.py [FEEDS]: what refreshing 1,000 feeds of 60 KB costs, from nginx on the loopback: courant (fetched, parsed in the sandbox,
sanitised, recognised, committed), beside newsboat, sfeed_update and the floor (a bare libcurl multi on libev) in the same run.

The limits are held by the best of RUNS runs (default 3); all are printed. The peers run once. The exit status is 1 when a limit is missed."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from daemon import BUILD, Daemon, wait_until  # noqa: E402
from measure import Cost, Watch, command, cpu_seconds, peaks  # noqa: E402
from site_of_feeds import ENTRIES, FRESH, FRESH_TLS, Site  # noqa: E402

PHASES = ("cold", "unchanged", "10 % changed")
MB = 1e6


class Floor:
    """Only fetches; with `store`, parses and stores, too, as simply as can be."""

    def __init__(self, site, home, store=False):
        self.name = "floor, parsing and storing" if store else "floor, fetching only"
        self.store = store
        self.urls = home / "floor.urls"
        self.urls.write_text("\n".join(site.urls()) + "\n")
        state = home / ("floor.store" if store else "floor.fetch")
        self.argv = [BUILD / "floor", *(["-d", state.with_suffix(".db")] if store else []), self.urls, state, "16"]

    def refresh(self):
        cost, out = command(self.argv)
        if self.store:
            self.new = int(out.split()[-1])
        return cost

    def close(self):
        pass


class Newsboat:
    name = "newsboat -x reload, 50 threads"

    def __init__(self, site, home):
        home = home / "newsboat"
        home.mkdir()
        (home / "urls").write_text("\n".join(site.urls()) + "\n")
        (home / "config").write_text("reload-threads 50\n")
        self.argv = ["newsboat", "-u", home / "urls", "-c", home / "cache.db", "-C", home / "config", "-x", "reload"]
        self.env = {**os.environ, "HOME": str(home), "LANG": "C.UTF-8"}

    def refresh(self):
        return command(self.argv, env=self.env)[0]

    def close(self):
        pass


class Sfeed:
    name = "sfeed_update, 32 jobs, ETags"

    RC = """sfeedpath="{home}/feeds"
maxjobs=32
fetch() {{
	curl -L --max-redirs 0 -H "User-Agent:" -f -s -m 15 --etag-save "{home}/etags/$1" --etag-compare "{home}/etags/$1" "$2" 2>/dev/null
}}
feeds() {{
{feeds}
}}
"""

    def __init__(self, site, home):
        home = home / "sfeed"
        (home / "etags").mkdir(parents=True)
        feeds = "\n".join(f"\tfeed '{i}' '{url}'" for i, url in enumerate(site.urls()))
        (home / "sfeedrc").write_text(self.RC.format(home=home, feeds=feeds))
        self.argv = ["sfeed_update", home / "sfeedrc"]

    def refresh(self):
        return command(self.argv)[0]

    def close(self):
        pass


class Trusting(Daemon):
    """A daemon that trusts the site's certificate."""

    ca_file = None

    def environment(self):
        return {**super().environment(), **({"SSL_CERT_FILE": str(self.ca_file)} if self.ca_file else {})}


class Courant:
    """The first refresh counts from the start of the program; all end when everything is committed."""

    name = "courant"
    poll = {"interval": "1h", "min_interval": "15min", "timeout": "60s", "concurrency": 16}

    def __init__(self, site, _, urls=None):
        self.daemon = Trusting()
        self.daemon.ca_file = site.ca_file
        self.daemon.configure(*(urls or site.urls()), poll=self.poll)
        self.n = site.n
        self.peak = 0

    def first(self):
        """What is due at the start is fetched without being asked for."""
        def done():
            status = self.daemon.get("/v1/status")
            return status["feeds"] == self.n and status["entries"] == self.n * ENTRIES and not any(status["refresh"].values())
        wait_until(done, 600, "the first refresh")
        return self.n * ENTRIES

    def again(self):
        status, report, _ = self.daemon.call("PUT", "/v1/feeds/refresh?wait=1", timeout=600)
        assert status == 200 and (report["refreshed"], report["changed"]) == (self.n, 0), (status, str(report)[:500])
        return report["new"]

    def refresh(self):
        start, first, before = time.monotonic(), self.daemon.process is None, 0
        if first:
            self.daemon.start()
        else:
            before = cpu_seconds(self.daemon.process.pid)
        watch = Watch(self.daemon.process.pid)
        self.new = self.first() if first else self.again()
        cost = Cost(time.monotonic() - start, cpu_seconds(self.daemon.process.pid) - before, watch.stop())
        self.peak = max(self.peak, peaks(self.daemon.processes))
        return cost

    def close(self):
        try:
            self.daemon.stop()
        finally:
            self.daemon.remove()


def play(site, contenders):
    """{name: [Cost of each phase]}, and the contenders as they are afterwards."""
    costs = {c.name: [] for c in contenders}
    site.reset()
    try:
        for phase in range(len(PHASES)):
            new = site.change() if phase == 2 else 0 if phase == 1 else site.n * ENTRIES
            for c in contenders:
                costs[c.name].append(c.refresh())
                if getattr(c, "new", new) != new:
                    raise SystemExit(f"{c.name}, {PHASES[phase]}: {c.new} new entries, not {new}")
    finally:
        for c in contenders:
            c.close()
    return costs


def tls_ms(site):
    """CPU milliseconds that TLS adds to a feed on a connection of its own, asking for all feeds twice."""
    cpu = []
    for kind in (FRESH, FRESH_TLS):
        courant = Courant(site, None, site.urls(kind))
        try:
            courant.refresh()
            cpu.append(min(courant.refresh().cpu for _ in range(3)))
        finally:
            courant.close()
    return (cpu[1] - cpu[0]) * 1000 / site.n


def row(name, costs, note=""):
    cells = "".join(f"{c.wall:9.2f} /{c.cpu:6.2f}" for c in costs)
    print(f"  {name:<32}{cells}{max(c.pss for c in costs) / MB:9.0f} MB{note}", flush=True)


def best(runs):
    return [Cost(min(r[p].wall for r in runs), min(r[p].cpu for r in runs), max(r[p].pss for r in runs)) for p in range(len(PHASES))]


class Limits:
    def __init__(self):
        self.missed = 0

    def hold(self, what, value, limit, unit):
        good = value <= limit
        self.missed += not good
        print(f"  {'held  ' if good else 'MISSED'} {what:<58}{value:8.2f} {unit:<3} limit {limit:g} {unit}")


def judge(limits, all_costs, tls):
    courant, floor = all_costs["courant"], all_costs["floor, parsing and storing"]
    newsboat = all_costs.get(Newsboat.name)
    limits.hold("cold, wall", courant[0].wall, 3, "s")
    if newsboat:
        limits.hold("cold, wall, newsboat being 1", courant[0].wall / newsboat[0].wall, 1 / 7, "x")
    limits.hold("nothing changed, wall", courant[1].wall, 0.25, "s")
    limits.hold("10 % changed, wall", courant[2].wall, 0.5, "s")
    limits.hold("cold, CPU, the floor that parses and stores being 1", courant[0].cpu / floor[0].cpu, 4, "x")
    limits.hold("memory of all processes", max(c.pss for c in courant) / MB, 80, "MB")
    limits.hold("TLS on a fresh connection, CPU a feed more", tls, 1.5, "ms")


def ratios(all_costs):
    print(f"  {'courant being 1, wall / CPU':<32}" + "".join(f"{p:>16} " for p in PHASES))
    own = all_costs["courant"]
    for name, costs in all_costs.items():
        print(f"  {name:<32}" + "".join(f"{c.wall / o.wall:9.2f} /{c.cpu / o.cpu:6.2f}" for c, o in zip(costs, own)))


def main():
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    if not shutil.which("nginx") or not shutil.which("openssl"):
        print("refresh: skipped: nginx or openssl is not there")
        return 0
    runs = []
    with tempfile.TemporaryDirectory(prefix="courant-bench-") as top:
        top = Path(top)
        (top / "site").mkdir()
        site = Site(top / "site", feeds)
        try:
            print(f"refresh: {feeds} feeds, {site.bytes / feeds / 1e3:.1f} KB each, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
            print(f"  {'wall / CPU in s':<32}" + "".join(f"{p:>16} " for p in PHASES) + "peak memory (PSS)")
            for number in range(int(os.environ.get("RUNS", 3))):
                home = top / f"run{number}"
                home.mkdir()
                courant = Courant(site, home)
                contenders = [Floor(site, home), Floor(site, home, store=True), courant]
                if number == 0 and not os.environ.get("NO_PEERS"):
                    contenders += [make(site, home) for program, make in (("newsboat", Newsboat), ("sfeed_update", Sfeed)) if shutil.which(program)]
                runs.append(play(site, contenders))
                for name, costs in runs[-1].items():
                    row(name, costs, f" (sum of each one's peak {courant.peak / MB:.0f} MB)" if name == "courant" else "")
            all_costs = {name: best([r[name] for r in runs if name in r]) for name in runs[0]}
            ratios(all_costs)
            limits = Limits()
            judge(limits, all_costs, tls_ms(site))
        finally:
            site.close()
    return limits.missed > 0


if __name__ == "__main__":
    sys.exit(main())
