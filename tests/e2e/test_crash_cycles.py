"""A few rounds of what `make crash` plays a thousand times."""

import sys
import time
from pathlib import Path

import pytest

from daemon import BUILD

sys.path.insert(0, str(Path(__file__).parents[1] / "crash"))

from crash import play  # noqa: E402


@pytest.mark.skipif(not (BUILD / "crash-inspect").exists(), reason="crash-inspect is not built (make e2e builds it)")
def test_ten_kills_under_load():
    assert play(10, int(time.time())) == []
