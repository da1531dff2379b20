"""Suspects are alone; nothing is lost, sent twice side by side, or held back for ever."""

from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.sweep.quarantine import Quarantine


class Cluster:
    """Workers that die with all tasks under way whenever a killer is among them."""

    def __init__(self, killers):
        self.killers, self.under_way, self.ended, self.most = set(killers), {}, {}, 0
        self.line = Quarantine(self.send)

    def send(self, task, alone):
        assert task not in self.ended
        assert not any(self.under_way.values()), "beside a task that must be alone"
        assert not (alone and self.under_way)
        self.under_way[task] = alone
        self.most = max(self.most, len(self.under_way))

    def step(self, choice):
        """End one task, or let all die."""
        killer = next((task for task in self.under_way if task in self.killers), None)
        if killer is None:
            task = list(self.under_way)[choice % len(self.under_way)]
            self.under_way.pop(task)
            self.ended[task] = "measured"
            self.line.done()
            return
        dying, self.under_way = self.under_way, {}
        for task, alone in dying.items():
            if alone:
                self.ended[task] = "died"
                self.line.done()
            else:
                self.line.suspect(task)


@given(
    st.integers(1, 12),
    st.sets(st.integers(0, 11), max_size=4),
    st.lists(st.tuples(st.booleans(), st.integers(0, 11)), max_size=30),
)
def test_killers_alone_are_found(count, killers, moves):
    cluster, tasks = Cluster(killers), iter(range(count))
    for add, choice in moves:
        task = next(tasks, None) if add else None
        if task is not None:
            cluster.line.add(task)
        elif cluster.under_way:
            cluster.step(choice)
    for task in tasks:
        cluster.line.add(task)
    while cluster.under_way:
        cluster.step(0)
    assert cluster.ended == {
        task: "died" if task in killers else "measured" for task in range(count)
    }


def test_without_deaths_all_are_sent_at_once():
    cluster = Cluster([])
    for task in range(5):
        cluster.line.add(task)
    assert cluster.most == 5
