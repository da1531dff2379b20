"""Memory for several threads: who waits, and what torch is left with."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from pytest_colordeg.codecs.neural.room import Room


def test_what_does_not_fit_waits():
    room, inside, leave = Room(100), Event(), Event()
    order = []

    def small():
        with room.take(60):
            inside.set()
            assert leave.wait(30)
            order.append("small")

    def large():
        assert inside.wait(30)
        with room.take(60):
            order.append("large")

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(small), pool.submit(large)]
        assert inside.wait(30)
        with room.take(40):
            pass
        leave.set()
        for one in both:
            one.result()
    assert order == ["small", "large"]


def test_more_than_there_is_goes_in_alone_and_gives_back_when_it_fails():
    room = Room(100)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="of the network"), room.take(500):
            raise RuntimeError("of the network")


def test_torch_is_left_as_it_was_when_the_last_thread_leaves():
    torch = pytest.importorskip("torch", reason="torch's own settings")
    from pytest_colordeg.codecs.neural.backend import torch_state

    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    met, apart = Barrier(2), Barrier(2)

    def first():
        with torch_state():
            met.wait(30)
        apart.wait(30)

    def second():
        with torch_state():
            met.wait(30)
            apart.wait(30)
            return (
                torch.get_num_threads(),
                torch.are_deterministic_algorithms_enabled(),
                torch.is_inference_mode_enabled(),
            )

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(first), pool.submit(second)]
        assert both[1].result() == (1, True, True)
        both[0].result()
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before
