"""One card, several processes: cells of cuda wait for each other, those of the CPU do not."""

import threading
import time

import filelock
import pytest

from pytest_colordeg.sweep import card


@pytest.fixture(autouse=True)
def own_lock(tmp_path, monkeypatch):
    monkeypatch.setattr(card, "lock_file", lambda: tmp_path / "card.lock")
    monkeypatch.setattr(card, "_take_share", lambda processes: None)


def test_alone_nothing_waits():
    def measure(*arguments):
        return arguments

    assert card.in_turn(measure, 1) is measure


@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_cells_of_cuda_take_turns(device, tmp_path):
    done = []
    measure = card.in_turn(lambda *arguments: done.append(arguments), 2)
    with filelock.FileLock(tmp_path / "card.lock"):  # another process is at work
        thread = threading.Thread(target=measure, args=("codec", 1, "image", "c", device, None))
        thread.start()
        time.sleep(0.1)
        assert bool(done) is (device == "cpu")
    thread.join(10)
    assert done == [("codec", 1, "image", "c", device, None)]


def test_two_cards_have_two_locks(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1,0")
    one = card.lock_file()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-5a/b")
    assert one != card.lock_file()
    assert card.lock_file().parent == one.parent
