"""``--colordeg-records``: the same lines whatever the number of processes."""

import json


def lines(project, name, *arguments):
    result = project.run(f"--colordeg-records={name}", *arguments)
    return result, (project.path / name).read_text("utf-8")


def test_serial_and_parallel_records_are_equal(project):
    project.bless()
    serial, one = lines(project, "one.jsonl", "-n0")
    parallel, two = lines(project, "two.jsonl", "-n2")
    assert serial.ret == parallel.ret == 0
    assert one == two
    assert len(one.splitlines()) == 6


def test_a_record_holds_the_cell(project):
    project.bless()
    _, text = lines(project, "records.jsonl")
    cell = json.loads(text.splitlines()[0])
    assert cell["schema"] == 1
    assert (cell["codec"], cell["rung"], cell["corpus"]) == ("posterizer", 1, "pictures")
    assert cell["parameters"] == {"bits": 3}
    assert cell["facts"] == {"kept_bits": 3}
    assert cell["error"] is None
    assert cell["metrics"]["bpp"] > 0
    assert len(cell["image_sha256"]) == 64


def test_the_run_header_stands_apart(project):
    project.bless()
    lines(project, "records.jsonl")
    header = json.loads((project.path / "records.jsonl.run.json").read_text("utf-8"))
    assert {"started", "platform", "python", "versions"} <= set(header)
    assert not (project.path / "records.jsonl.part").exists()


def test_a_failed_cell_is_recorded(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg import FunctionCodec
                def decode(data): raise RuntimeError("broken decoder")
                def pytest_colordeg_codecs():
                    return [FunctionCodec("bad", lambda i, q: b"x", decode, [{"q": 1}])]
            """
        }
    )
    result, text = lines(project, "records.jsonl")
    assert result.ret == 1
    cells = [json.loads(line) for line in text.splitlines()]
    assert {cell["error"] for cell in cells} == {
        "decode raised RuntimeError: broken decoder (conftest.py:2)"
    }
    assert all(cell["metrics"] == {} for cell in cells)


def test_a_killed_run_keeps_what_it_measured(project):
    project.write(
        **{
            "test_color.py": """
                import os, signal
                def test_color(colordeg):
                    colordeg["bpp"]
                def test_kill():
                    os.kill(os.getpid(), signal.SIGKILL)
            """
        }
    )
    project.run("--colordeg-records=records.jsonl", apart=True)
    assert len((project.path / "records.jsonl.part").read_text("utf-8").splitlines()) == 6
