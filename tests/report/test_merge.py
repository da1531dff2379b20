"""Any edit of a shard's records or header: the shards become one run, or one line says why not."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.whole import Whole
from pytest_colordeg.merge import merge
from pytest_colordeg.report.load import header_json
from pytest_colordeg.report.model import ReportData
from pytest_colordeg.shard import Shard, shard_header
from pytest_colordeg.sweep.serial import record_lines

from .samples import point, run

WHOLE = Whole({"webp": [1, 2, 3]}, "baselines").to_json
SHARDS = 3


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Text of the records and plain header of each of three shards."""
    folder = tmp_path_factory.mktemp("shards")
    made = []
    for index in range(1, SHARDS + 1):
        data = run([point("webp", index)])
        shard = shard_header(Shard(index, SHARDS), "the same tests", WHOLE(folder))
        data = ReportData(data.points, {**data.header, "shard": shard}, data.settings)
        lines = [f"{line}\n" for line in record_lines(data.points[0].cells)]
        made.append(("".join(lines), json.loads(header_json(data, folder / "x.jsonl"))))
    return made


def write(folder, shards):
    paths = []
    for index, (records, header) in enumerate(shards, 1):
        path = folder / f"{index}.jsonl"
        path.write_bytes(records.encode("utf-8", "surrogatepass"))
        text = header if isinstance(header, str) else json.dumps(header)
        (folder / f"{path.name}.run.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        paths.append(path)
    return paths


def merged_or_refused(folder, shards):
    output = folder / "merged.jsonl"
    output.unlink(missing_ok=True)
    try:
        merge(write(folder, shards), output, folder)
    except ColordegError as error:
        message = str(error)
    else:
        message = ""
    if message:
        assert "\n" not in message
        assert "shard" in message or ".jsonl" in message
        assert not output.exists()
        return
    lines = output.read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines)) == sum(text.count("\n") for text, _ in shards)


def test_the_shards_under_test_are_good(tmp_path, shards):
    data = merge(write(tmp_path, shards), tmp_path / "merged.jsonl", tmp_path)
    assert [one.label for one in data.ordered] == ["webp-r1", "webp-r2", "webp-r3"]
    text = "".join(records for records, _ in shards)
    assert (tmp_path / "merged.jsonl").read_text("utf-8") == text


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(st.data())
def test_any_value_anywhere_in_a_header(tmp_path, shards, data):
    changed = copy.deepcopy(shards)
    place = changed[data.draw(st.integers(0, SHARDS - 1))][1]
    if data.draw(st.booleans()):
        place = place["shard"]
    while True:
        key = data.draw(
            st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
        )
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(ANY)
    merged_or_refused(tmp_path, changed)


@same_folder
@given(st.data())
def test_any_edit_of_a_file(tmp_path, shards, data):
    changed = [[records, json.dumps(header)] for records, header in shards]
    of, which = data.draw(st.integers(0, SHARDS - 1)), data.draw(st.integers(0, 1))
    text = changed[of][which]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.sampled_from(list('{}[]",:0-n')) | st.text(max_size=3))
        text = text[:at] + new + text[at + data.draw(st.integers(0, 9)) :]
    changed[of][which] = text
    merged_or_refused(tmp_path, changed)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("index", "1", "index of the shard is not a number"),
        ("count", 10**12, "count of the shard is not a number of shards"),
        ("metrics", ["bpp"], "metrics of the shard is not names with digests"),
        ("whole", {}, "whole of the shard is not what the run knew"),
    ],
)
def test_what_the_header_of_a_shard_says_wrongly_is_named(tmp_path, shards, key, value, said):
    changed = copy.deepcopy(shards)
    changed[1][1]["shard"][key] = value
    with pytest.raises(ColordegError, match=rf"2\.jsonl\.run\.json: {said}"):
        merge(write(tmp_path, changed), tmp_path / "merged.jsonl", tmp_path)


def test_a_cell_in_two_shards_is_refused(tmp_path, shards):
    changed = copy.deepcopy(shards)
    changed[1] = (changed[0][0], changed[1][1] | {"points": changed[0][1]["points"]})
    with pytest.raises(ColordegError, match="webp-r1 on photos, a is in two shards"):
        merge(write(tmp_path, changed), tmp_path / "merged.jsonl", tmp_path)
    assert not (tmp_path / "merged.jsonl").exists()
