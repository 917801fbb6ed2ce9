"""Settings of all tests: hypothesis is seeded by the test itself, so that nothing is flaky."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

# Commands that tests start read the bytecode that earlier ones have written, whatever the shell that tests run in says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The processes of xdist share the cores; what is about threads sets their number itself.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is imported and collected stays until the end: no search for garbage goes through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Neighbours run in one process, for what a file prepares and the kernels that it compiles: the first half of the
    tests in one of two, the second in the other, and who has finished takes half of what the other has left.
    """
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)
