"""Spans: all pixels, in order, on any number of threads, also in a forked process."""

import os
import subprocess
import sys
import threading
from itertools import pairwise

import pytest

from pytest_colordeg.color.spans import cut, each

_FORK = """
import os
from pytest_colordeg.color.spans import each
assert each(2, abs, [-1, -2, -3]) == [1, 2, 3]
child = os.fork()
if not child:
    os._exit(0 if each(2, abs, [-4, -5]) == [4, 5] else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 1_000_000])
@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_spans_cover_every_pixel_once(size, threads):
    spans = cut(size, threads)
    assert spans[0][0] == 0
    assert spans[-1][1] == size
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert all(start < end for start, end in spans)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_results_come_in_order_and_errors_come_out(threads):
    assert each(threads, lambda a, b: a * b, [1, 2, 3], [4, 5, 6]) == [4, 10, 18]
    with pytest.raises(ZeroDivisionError):
        each(threads, lambda a: 1 / a, [1, 0])
    assert each(threads, abs, [-1]) == [1]


def test_several_threads_may_ask_at_once():
    found = {}
    askers = [
        threading.Thread(target=lambda n: found.update({n: each(2, abs, [-n] * 50)}), args=(n,))
        for n in range(8)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(30)
    assert found == {n: [n] * 50 for n in range(8)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_does_not_wait_for_threads_it_has_not():
    # Newer Pythons warn of any fork beside threads; what is tested is that this one is safe.
    command = [sys.executable, "-W", "ignore", "-c", _FORK]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0
