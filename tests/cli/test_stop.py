"""A signal may come at any moment, also in the middle of a wait."""

from __future__ import annotations

import subprocess
import sys
import time

from runner.cli.stop import Stop

RAIN = """
import random, signal, time
from runner.cli.stop import Stop
end = time.monotonic() + 1.0
heard = 0
while time.monotonic() < end:
    stop = Stop()
    signal.signal(signal.SIGALRM, lambda *_: stop.set())
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 6e-5))
    while not stop.wait(0.0001):
        pass
    heard += 1
print(heard)
"""


def test_waiting_tells_whether_to_stop() -> None:
    stop = Stop()
    assert not stop.wait(0.0)
    stop.set()
    start = time.monotonic()
    assert stop.wait(5.0)
    assert time.monotonic() - start < 1.0
    assert stop.is_set()


def test_a_rain_of_signals_ends_every_wait_and_none_hangs() -> None:
    """With `threading.Event` this hung within a second."""
    done = subprocess.run([sys.executable, "-c", RAIN], capture_output=True, text=True, check=True, timeout=30)
    assert int(done.stdout) > 100
