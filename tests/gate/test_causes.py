"""Causes: what changed for certain first, nothing that only one side recorded."""

import numpy as np
import pytest

from pytest_colordeg.baselines.verdicts import Comparison, Difference
from pytest_colordeg.gate.artifacts import Exhibit
from pytest_colordeg.gate.causes import UNKNOWN, causes


def comparison(*differences):
    return Comparison("c", 1, "photos", "cpu", differences=differences)


def named(*differences):
    return causes(comparison(*differences), [], {}, {})


def test_facts_then_parameters_then_versions():
    assert named(
        Difference("provenance", "libjxl", "0.10", "0.11"),
        Difference("parameter", "level", 50, 40),
        Difference("fact", "subsampling", "4:4:4", "4:2:0"),
    ) == [
        "subsampling 4:4:4 → 4:2:0 (read back from the files)",
        "parameter level 50 → 40",
        "made with another version: libjxl 0.10 → 0.11",
    ]


def test_what_one_side_did_not_record_explains_nothing():
    assert named(Difference("provenance", "threads", None, 1)) == [UNKNOWN]
    assert named(Difference("parameter", "speed", 6, None)) == [UNKNOWN]


def test_another_program_is_named_by_what_either_side_recorded():
    assert named(
        Difference("provenance", "version", "cjxl v0.7.0", None),
        Difference("provenance", "encoder", "sha256:ab", None),
        Difference("provenance", "libjxl", None, "0.11.1"),
        Difference("provenance", "threads", None, 1),
    ) == ["made with other software: version cjxl v0.7.0 → libjxl 0.11.1"]


def test_a_fact_that_was_lost_is_told():
    assert named(Difference("fact", "subsampling", "4:4:4", None)) != [UNKNOWN]


def test_a_digest_is_told_only_for_want_of_a_version():
    digest = Difference("provenance", "encoder", "sha256:ab", "sha256:cd")
    assert "encoder" in named(digest)[0]
    version = Difference("provenance", "version", "1.0", "1.1")
    assert named(digest, version) == ["made with another version: version 1.0 → 1.1"]


@pytest.fixture
def exhibits():
    colours = np.full((64, 64, 3), (200, 60, 40), np.uint8)
    return [Exhibit(name, colours, colours, None, {}) for name in "ab"]


def drift(exhibits, metric, change):
    rows = {exhibit.image: {metric: 0.0} for exhibit in exhibits}
    now = {exhibit.image: {metric: change} for exhibit in exhibits}
    return causes(comparison(), exhibits, now, rows)


def test_chroma_lost_and_gained(exhibits):
    assert drift(exhibits, "delta_c", -5.0)[0].startswith("desaturation: colours lost ")
    assert drift(exhibits, "delta_c", +5.0)[0].startswith("oversaturation: colours gained ")


def test_hues_turned(exhibits):
    assert drift(exhibits, "delta_h", 3.0)[0].startswith("hue rotation: hues turned by +")


def test_a_little_of_either_is_nothing(exhibits):
    assert drift(exhibits, "delta_c", -0.1) == [UNKNOWN]
    assert drift(exhibits, "delta_h", 0.1) == [UNKNOWN]


def test_effects_are_not_causes_where_a_cause_is_known(exhibits):
    told = causes(
        comparison(Difference("parameter", "level", 50, 40)),
        exhibits,
        {"a": {"delta_c": -5.0}, "b": {"delta_c": -5.0}},
        {},
    )
    assert told == ["parameter level 50 → 40"]
