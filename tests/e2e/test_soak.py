"""The short form of the soak (soak.py): chosen by a seed, until so many requests were answered."""

import pytest
from daemon import wait_until
from faults import FAULTS
from soak import Soak

REQUESTS = 200


@pytest.mark.parametrize("seed", [1])
def test_hostile_origin(seed):
    soak = Soak(seed)
    try:
        soak.start()
        wait_until(lambda: soak.wrongs or soak.n_requests >= REQUESTS, 240, "the requests")
        soak.make_peace()
        assert soak.check() > 0
        assert len(soak.played) > len(FAULTS) / 2
    finally:
        soak.close()
