"""docs/report.md and docs/records.md name what there is."""

import argparse
import json
import re
from dataclasses import fields
from pathlib import Path

from pytest_colordeg.findings import Change, Findings, Picture
from pytest_colordeg.points import FAILING
from pytest_colordeg.report import command
from pytest_colordeg.report.load import header_json
from pytest_colordeg.report.series import CHARTS
from pytest_colordeg.sweep.serial import to_json

from .samples import cell, failing, run

DOCS = Path(__file__).parent.parent.parent / "docs"
RECORDS = (DOCS / "records.md").read_text("utf-8")
REPORT = (DOCS / "report.md").read_text("utf-8")


def keys(title):
    """First cells of the table below a heading."""
    part = RECORDS[RECORDS.index(title) :]
    rows = part[part.index("| ---") :].split("\n\n")[0].splitlines()[1:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_every_key_of_a_record_is_told():
    assert keys("## A cell") == list(to_json(cell()))


def test_every_key_of_the_header_and_its_points_is_told():
    header = json.loads(header_json(run([failing()]), Path("run.jsonl")))
    assert set(keys("## The header")) >= set(header)
    assert set(keys("| key of a point")) == set(header["points"][0])
    for record in (Findings, Change, Picture):
        for field in fields(record):
            assert f"`{field.name}`" in RECORDS
    for verdict in FAILING:
        assert f"`{verdict}`" in RECORDS


def test_every_option_and_figure_is_told():
    parser = argparse.ArgumentParser(add_help=False)
    command.configure(parser)
    for action in parser._actions:
        for name in action.option_strings:
            if name.startswith("--") and name != "--output":
                assert f"`{name}" in REPORT
    for kind in CHARTS:
        assert f"-{kind.key}`" in REPORT
