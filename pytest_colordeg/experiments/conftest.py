"""The fixture that the experiments share: ladders of many codecs, and where outcomes go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_colordeg.experiments.claim import Claim, NotTestableError, evaluate


@pytest.fixture
def colordeg_claim(request: pytest.FixtureRequest) -> Callable[[Claim], None]:
    """Judge a claim on the images of ``--colordeg-images`` and tell its outcome."""
    config = request.config
    if not config.getoption("colordeg"):
        pytest.skip("needs --colordeg")
    from pytest_colordeg.codecs.registry import unavailable
    from pytest_colordeg.gate.ladder import Ladder
    from pytest_colordeg.images import resolve
    from pytest_colordeg.selection import Point
    from pytest_colordeg.session import run_of

    run = run_of(config)
    selections = resolve(run.settings.images or ("photos",), run.settings.root)
    if len(selections) != 1:
        names = ", ".join(one.corpus.name for one in selections)
        pytest.fail(f"an experiment is about one corpus; --colordeg-images names {names}")

    class Corpus:
        def ladder(self, codec: str) -> Ladder:
            if codec not in run.registry.ids:
                raise NotTestableError(f"there is no codec {codec} yet")
            reason = unavailable(run.registry.find(codec))
            if reason is not None:
                raise NotTestableError(f"{codec}: {reason}")
            ladder = run.ladder(Point(codec, selection=selections[0]), request.node)
            ladders.append(ladder)
            return ladder

    ladders: list[Ladder] = []

    def judge(claim: Claim) -> None:
        outcome = evaluate(claim, Corpus())
        for ladder in ladders:
            ladder.told.clear()  # the outcome says what it needs of them
        run.tell(request.node, f"{selections[0].corpus.name}: {outcome}")

    return judge
