"""The runner of the guides: it runs what is there, and complains about everything else."""

import pytest

from .guide import Folder, blocks, commands

PAGE = """
Text.

```python title="a.py"
print(1)
```

```python append="a.py"
print(2)
```

```console
$ python a.py
1
2
```
"""


def run(page, tmp_path):
    folder = Folder(tmp_path)
    for block in blocks(page):
        folder.run(block)
    return folder


def test_files_are_written_and_commands_run(tmp_path):
    folder = run(PAGE, tmp_path)
    assert folder.ran == ["python a.py"]
    assert (tmp_path / "a.py").read_text() == "print(1)\nprint(2)\n"


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("```python\nprint(1)\n```\n", "line 1: neither file nor console"),
        ("text\n```\nprint(1)\n```\n", "line 2: neither file nor console"),
        ("```python title=a.py\nprint(1)\n```\n", "is no block of a guide"),
        ("```console\n$ true\n", "line 1: the block does not end"),
        ("```console\nls\n```\n", "stands before any command"),
        ("```console\n$ echo 1\n2\n```\n", "is not what is shown"),
        ("```console\n$ echo 1\n```\n", "is not what is shown"),
        ("```console\n$ false\n```\n", "ended with 1, not 0"),
        ("```console\n$ true\n$ echo $?\n1\n```\n", "ended with 0, not 1"),
    ],
)
def test_what_is_wrong_is_told(page, complaint, tmp_path):
    with pytest.raises(AssertionError, match=complaint):
        run(page, tmp_path)


def test_a_backslash_continues_a_command():
    assert commands("$ a \\\n  b\nc\n$ d\n") == [("a \\\n  b", ["c"]), ("d", [])]


def test_installing_is_shown_and_not_done(tmp_path):
    folder = run("```console\n$ pip install nothing-of-that-name\n```\n", tmp_path)
    assert folder.ran == []
    assert folder.passed_over == ["pip install nothing-of-that-name"]


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        (
            ".github/workflows/a.yml",
            """
            jobs:
              a:
                steps:
                - uses: actions/checkout@v4
                - run: pip install x
                - run: echo 1 > one
                - uses: actions/upload-artifact@v4
                  with:
                    path: |
                      one
                      two
            """,
            ["one", "two"],
        ),
        (
            ".gitlab-ci.yml",
            """
            stages: [test]
            a:
              before_script: [pip install x]
              script: [echo 1 > one]
              artifacts: {paths: [one], reports: {junit: two}}
            """,
            ["one", "two"],
        ),
    ],
)
def test_ci_files_are_run(name, text, kept, tmp_path):
    folder = run(f'```yaml title="{name}"\n{text}\n```\n', tmp_path)
    assert folder.ran == ["echo 1 > one"]
    assert (tmp_path / "one").read_text() == "1\n"
    assert folder.kept == kept


def test_a_ci_command_that_fails_is_told(tmp_path):
    page = '```yaml title=".gitlab-ci.yml"\na: {script: ["false"]}\n```\n'
    with pytest.raises(AssertionError, match=r"\.gitlab-ci\.yml: false"):
        run(page, tmp_path)
