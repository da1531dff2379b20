"""The page on mutations names what there is."""

import re
from pathlib import Path

from pytest_colordeg.testing.mutations import MUTATIONS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_has_every_mutation():
    text = (DOCS / "mutations.md").read_text("utf-8")
    table, printed = re.findall(r"((?:^\| `.*\n)+)", text, re.M)
    for rows in (table, printed):
        first = "".join(re.findall(r"^\|[^|]*\|", rows, re.M))
        assert re.findall(r"`([a-z0-9-]+)`", first) == list(MUTATIONS)


def test_promises_name_files_that_exist():
    text = (DOCS / "promises.md").read_text("utf-8")
    files = set(re.findall(r"(?:tests|benchmarks)/[\w/]+\.py", text))
    assert len(files) > 10
    assert [file for file in sorted(files) if not (DOCS.parent / file).is_file()] == []
    assert text.count("\n## ") == 6
