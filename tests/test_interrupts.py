"""Ctrl-C is answered in time, in the middle of compiled code too."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys
from maskbound.numerics.cli.interrupts import answered, keeping

with answered():
    {keeping}
    print("ready", flush=True)
    {work}
"""
DEAF = "import hashlib; hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)"
"""One step of Python that takes minutes, in compiled code that lets other threads run, as the kernels do."""
SLEEPING = "import time; time.sleep(60)"


def interrupted(work: str, keeping: str = "pass") -> tuple[int, str, float]:
    program = PROGRAM.format(work=work, keeping=keeping)
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    return process.returncode, said, time.monotonic() - start


@pytest.mark.parametrize(
    ("keeping", "said"),
    [
        pytest.param("pass", "what was written before is kept, the rest is not", marks=pytest.mark.slow),
        ("kept = keeping(lambda: '3 of 5 are kept'); kept.__enter__()", "3 of 5 are kept"),
    ],
)
def test_one_long_step_is_left(keeping, said):
    status, printed, seconds = interrupted(DEAF, keeping)
    assert status == 130
    assert printed == f"maskbound: interrupted: {said}\n"
    # A busy machine is given time to start the thread.
    assert 1.9 < seconds < 8


def test_what_hears_the_interrupt_answers_itself():
    status, printed, seconds = interrupted(SLEEPING)
    assert status != 130
    assert "KeyboardInterrupt" in printed
    assert seconds < 8
