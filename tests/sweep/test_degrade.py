"""Aggregation over images: means, maxima, tokens, coverage."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.values import LOSSLESS, NotApplicable


def cell(image, facts=None, **metrics):
    names = {"mean": "delta_e00.mean", "top": "delta_e00.max", "psnr": "psnr.rgb"}
    return Measurement(
        codec="c",
        rung=1,
        image=image,
        corpus="tests",
        device="cpu",
        image_sha256="0" * 64,
        parameters={"level": 3},
        facts=facts or {},
        provenance={},
        metrics={names[name]: value for name, value in metrics.items()},
    )


numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=1, max_size=9))
def test_means_and_maxima(values):
    whole = degrade([cell(str(i), mean=v, top=v) for i, v in enumerate(values)], "digest")
    assert whole.aggregates["delta_e00.mean"] == pytest.approx(sum(values) / len(values))
    assert whole.aggregates["delta_e00.max"] == max(values)
    assert set(whole.covered.values()) == {len(values)}
    assert list(whole.rows) == [str(i) for i in range(len(values))]


def test_tokens_are_left_out_of_the_mean_and_of_the_count():
    whole = degrade([cell("a", psnr=30.0), cell("b", psnr=LOSSLESS)], "digest")
    assert whole.aggregates["psnr.rgb"] == 30.0
    assert whole.covered["psnr.rgb"] == 1


def test_all_lossless_stays_lossless():
    whole = degrade([cell("a", psnr=LOSSLESS), cell("b", psnr=LOSSLESS)], "digest")
    assert whole.aggregates["psnr.rgb"] == LOSSLESS
    assert whole.covered["psnr.rgb"] == 0


def test_no_number_at_all_is_not_applicable():
    whole = degrade([cell("a", psnr=LOSSLESS), cell("b", psnr=NotApplicable("grey"))], "digest")
    assert isinstance(whole.aggregates["psnr.rgb"], NotApplicable)


def test_sizes_of_parts_of_a_file_are_no_facts_of_the_point():
    cells = [cell(str(size), {"luma_payload_bytes": size, "x": 1}, mean=1.0) for size in (7, 9)]
    assert degrade(cells, "digest").facts == {"x": 1}


def test_facts_that_differ_between_images_are_all_told():
    facts = [{"subsampling": "4:2:0"}, {"subsampling": "4:4:4"}, {"subsampling": "4:2:0"}]
    cells = [cell(str(i), fact, mean=1.0) for i, fact in enumerate(facts)]
    assert degrade(cells, "digest").facts == {"subsampling": "4:2:0 and 4:4:4"}


def test_failed_cells_make_no_degradation():
    failed = dataclasses.replace(cell("a", mean=1.0), error="broken")
    with pytest.raises(ValueError, match="measured cells only"):
        degrade([failed], "digest")
    with pytest.raises(ValueError, match="at least one"):
        degrade([], "digest")
