"""Command-line codecs: good ones, and every way in which a program can misbehave."""

import os
import shutil
import stat
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from pytest_colordeg.codecs.definition import read_definition
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="command codecs need POSIX")

ENCODE = """
import sys, zlib
step = int(sys.argv[3])
head, size, top, body = open(sys.argv[1], "rb").read().split(b"\\n", 3)
body = bytes(value // step * step for value in body)
open(sys.argv[2], "wb").write(zlib.compress(b"\\n".join((head, size, top, body))))
"""
DECODE = """
import sys, zlib
open(sys.argv[2], "wb").write(zlib.decompress(open(sys.argv[1], "rb").read()))
"""


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """The folder for temporary files; must be empty again after each test."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def script(root, name, text):
    path = root / name
    path.write_text(textwrap.dedent(text))
    return name


@pytest.fixture
def make(root, scratch):
    """Give a function that makes a codec from the text of two Python scripts."""

    def argv(name, text, *more):
        if isinstance(text, list):
            return text
        return [sys.executable, "-IS", script(root, name, text), "{input}", "{output}", *more]

    def build(encode=ENCODE, decode=DECODE, **keys):
        table = {
            "encode": argv("enc.py", encode, "{step}"),
            "decode": argv("dec.py", decode),
            "suffix": ".zz",
            "input_suffix": ".ppm",
            "ladder": [{"step": 16}, {"step": 1}],
            "timeout": 20,
        }
        return read_definition("mine", table | keys, root)

    return build


IMAGE = np.random.default_rng(5).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def encode(codec):
    return codec.encode(IMAGE, codec.ladder[1])


def is_gone(pid):
    """No such process, or a zombie that waits for its new parent."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in "ZX"


def recorded_pids(root, count):
    path = root / "pids"
    assert path.exists(), "the script never ran"
    pids = path.read_text().split()
    assert len(pids) >= count
    return pids


def test_round_trip(make):
    codec = make()
    assert (codec.decode(codec.encode(IMAGE, codec.ladder[2])) == IMAGE).all()
    assert (codec.decode(codec.encode(IMAGE, codec.ladder[1])) == IMAGE // 16 * 16).all()


def test_round_trip_through_png_in_the_registry(root, scratch):
    copy = "import sys, shutil; shutil.copyfile(sys.argv[1], sys.argv[2])"
    argv = [sys.executable, "-IS", script(root, "copy.py", copy), "{input}", "{output}"]
    table = {"encode": argv, "decode": argv, "suffix": ".bin", "ladder": [{}]}
    registry = Registry()
    registry.add_commands({"copy": table}, root)
    codec = registry.get("copy")
    assert registry.default_ids() == ("copy",)
    data = codec.encode(IMAGE, {})
    assert b"sRGB" in data[:80], "the input says that it is sRGB"
    assert (codec.decode(data) == IMAGE).all()


def test_facts_are_read_back_from_known_formats_unless_told_not_to(make, picture):
    data = Registry().get("jpeg").encode(picture, Registry().get("jpeg").ladder[5])
    assert make().inspect(data)["subsampling"] == "4:2:0"
    assert make().inspect(b"something else") == {}
    assert make(inspect=False).inspect(data) == {}
    assert make(facts={"subsampling": "4:4:4"}).expected({}) == {"subsampling": "4:4:4"}


def test_it_runs_in_its_own_folder_without_input(make, root, scratch, monkeypatch):
    monkeypatch.chdir(root)
    codec = make(
        encode="""
        import os, sys, tempfile
        assert sys.stdin.read() == ""
        assert os.path.dirname(sys.argv[2]) == os.getcwd() == os.environ["TMPDIR"]
        open("left behind", "w").write("x")
        os.makedirs("deep/er")
        os.chmod("deep", 0)
        open(sys.argv[2], "w").write("data")
        """
    )
    assert encode(codec) == b"data"
    assert sorted(path.name for path in root.iterdir()) == ["dec.py", "enc.py"]


def test_paths_are_taken_from_the_project(make, root, scratch):
    (root / "tools").mkdir()
    tool = root / "tools" / "copy"
    tool.write_text('#!/bin/sh\ncat "$3" "$1" > "$2"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    (root / "head").write_bytes(b"head of ")
    codec = make(
        encode=["tools/copy", "{input}", "{output}", "head"], ladder=[{}], input_suffix=".ppm"
    )
    assert encode_plain(codec).startswith(b"head of P6")
    assert {"encoder", "decoder", "file head", "file dec.py"} == set(codec.provenance())


def encode_plain(codec):
    return codec.encode(IMAGE, {})


def test_missing_program(make):
    for name in ("no-such-program", "build/no-such-program"):
        codec = make(encode=[name, "{input}", "{output}", "{step}"])
        assert f"program '{name}' is not" in codec.unavailable()
        with pytest.raises(ColordegError, match=f"`{name} input.ppm output.zz 16` cannot be start"):
            encode(codec)
        assert codec.provenance()["encoder"] == f"{name} missing"


def test_program_that_is_no_program(make, root):
    (root / "data").write_text("not a program")
    (root / "data").chmod(0o755)
    codec = make(encode=["./data", "{input}", "{output}", "{step}"])
    with pytest.raises(ColordegError, match="cannot be started: Exec format error"):
        encode(codec)


def test_failure_quotes_the_last_lines(make):
    codec = make(
        encode="""
        import sys
        print("chatter on standard output, flushed last")
        for number in range(50): print("line", number, file=sys.stderr)
        sys.stderr.write("\\x1b[31mred\\x1b[0m \\a error in " + sys.argv[1])
        sys.exit(3)
        """
    )
    with pytest.raises(ColordegError) as caught:
        encode(codec)
    text = str(caught.value)
    assert text.startswith("codec mine: encode: `")
    assert text.endswith(
        "exited with status 3; it said: line 48 | line 49 | red  error in input.ppm"
    )
    assert "colordeg-" not in text, "no path that differs from run to run"
    assert "\n" not in text


def test_failure_without_a_word(make):
    with pytest.raises(ColordegError, match="exited with status 1; it said nothing"):
        encode(make(encode="raise SystemExit(1)"))


def test_crash_names_the_signal(make):
    with pytest.raises(ColordegError, match="was killed by SIGSEGV"):
        encode(make(encode="import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"))


def test_hang_is_killed_with_its_children(make, root):
    codec = make(
        encode=f"""
        import os, time
        child = os.fork()
        with open({str(root / "pids")!r}, "a") as file: file.write(f"{{os.getpid()}} ")
        print("working", flush=True)
        time.sleep(60)
        """,
        timeout=2.0,
    )
    start = time.monotonic()
    with pytest.raises(ColordegError, match="did not end within 2 s and was killed; it said: work"):
        encode(codec)
    assert time.monotonic() - start < 20
    assert all(map(is_gone, recorded_pids(root, 2)))


@pytest.mark.skipif(sys.platform != "linux", reason="limits from outside are Linux's")
def test_memory_is_limited_where_it_is_asked_for(make):
    # The limit comes a moment after the start.
    greedy = "import sys, time; time.sleep(0.5); taken = b'x' * (600 << 20); sys.exit(3)"
    with pytest.raises(ColordegError, match=r"exited with status 1; it said: .*MemoryError"):
        encode(make(encode=greedy, memory=300))
    with pytest.raises(ColordegError, match="exited with status 3"):
        encode(make(encode=greedy))


def test_hang_with_closed_output_is_killed(make):
    codec = make(encode="import os, time; os.close(1); os.close(2); time.sleep(60)", timeout=0.5)
    with pytest.raises(ColordegError, match="did not end within"):
        encode(codec)


def test_children_that_outlive_it_are_killed(make, root):
    """The program ends well; its child holds the output open and would live on."""
    (root / "pids").touch()
    codec = make(
        encode=f"""
        import os, sys, time
        if os.fork() == 0:
            with open({str(root / "pids")!r}, "a") as file: file.write(f"{{os.getpid()}} ")
            time.sleep(60)
        while not os.path.getsize({str(root / "pids")!r}): time.sleep(0.01)
        open(sys.argv[2], "w").write("data")
        """
    )
    start = time.monotonic()
    assert encode(codec) == b"data"
    assert time.monotonic() - start < 15
    assert all(map(is_gone, recorded_pids(root, 1)))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_children_in_a_session_of_their_own_are_killed(make, root):
    (root / "pids").touch()
    codec = make(
        encode=f"""
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in range(3): os.close(number)
                with open({str(root / "pids")!r}, "a") as file: file.write(f"{{os.getpid()}} ")
                time.sleep(60)
            os._exit(0)
        while not os.path.getsize({str(root / "pids")!r}): time.sleep(0.01)
        open(sys.argv[2], "w").write("data")
        """
    )
    assert encode(codec) == b"data"
    assert all(map(is_gone, recorded_pids(root, 1)))


def test_a_flood_of_output_does_not_block_or_fill_memory(make):
    codec = make(
        encode="""
        import os, sys
        for _ in range(64): os.write(2, b"flood " * 100_000)
        os.write(2, b"\\nthe end\\n")
        sys.exit(1)
        """
    )
    with pytest.raises(ColordegError, match=r"it said: .*\| the end$") as caught:
        encode(codec)
    assert len(str(caught.value)) < 1500


def test_an_endless_flood_is_killed(make):
    codec = make(encode="import os\nwhile True: os.write(1, b'flood ' * 10_000)", timeout=1)
    with pytest.raises(ColordegError, match="did not end within 1 s and was killed"):
        encode(codec)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("print('done')", "wrote no output file; it said: done"),
        ("import sys; open(sys.argv[2], 'w')", "wrote an empty output file; it said nothing"),
        ("import os, sys; os.mkdir(sys.argv[2])", "something else than a plain file"),
        ("import os, sys; os.mkfifo(sys.argv[2])", "something else than a plain file"),
        ("import os, sys; os.symlink('/dev/zero', sys.argv[2])", "something else than a plain"),
    ],
    ids=["nothing", "empty", "folder", "pipe", "link"],
)
def test_no_usable_output(make, text, message):
    with pytest.raises(ColordegError, match=message):
        encode(make(encode=text))


def test_a_giant_file_is_not_read(make):
    codec = make(encode="import sys; open(sys.argv[2], 'wb').truncate(600 << 20)")
    with pytest.raises(ColordegError, match="wrote 629145600 bytes, more than 536870912"):
        encode(codec)


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_an_endless_file_is_cut_off(make):
    codec = make(
        encode="""
        import sys, time
        time.sleep(0.2)
        open(sys.argv[2], "wb").truncate(1 << 40)
        """
    )
    with pytest.raises(ColordegError, match="File too large"):
        encode(codec)


def test_a_child_that_floods_on_does_not_hold_up_the_end(make):
    codec = make(
        encode="""
        import os, sys
        open(sys.argv[2], "w").write("data")
        if os.fork() == 0:
            while True: os.write(1, b"flood " * 1000)
        """
    )
    start = time.monotonic()
    assert encode(codec) == b"data"
    assert time.monotonic() - start < 10, "the time-out of 20 s was waited for"


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (b"garbage", "wrote a file that is neither PNG nor binary PPM"),
        (b"P6\n7 5\n255\nshort", "PPM of 7x5 pixels with 5 bytes of them, not 105"),
        (b"P6\n7 5\n65535\n" + bytes(210), "maximum 65535; it must be 8-bit"),
        (b"P6\n7 five\n", "PPM without a complete header"),
        (b"P6\n0 0\n255\n", "PPM of 0x0 pixels"),
        (b"\x89PNG\r\n\x1a\nrest", "a PNG without header"),
    ],
)
def test_garbage_from_a_decoder_that_says_all_is_well(make, picture, message):
    codec = make(decode=f"import sys; open(sys.argv[2], 'wb').write({picture!r})")
    with pytest.raises(ColordegError, match=message):
        codec.decode(b"data")


@pytest.mark.skipif(not (shutil.which("cjxl") and shutil.which("djxl")), reason="no cjxl, djxl")
def test_the_programs_of_libjxl(root, scratch, picture):
    table = {
        "encode": ["cjxl", "{input}", "{output}", "-d", "{distance}", "--num_threads=0"],
        "decode": ["djxl", "{input}", "{output}"],
        "suffix": ".jxl",
        "ladder": [{"distance": 9.0}, {"distance": 1.1}],
        "facts": {"subsampling": "4:4:4", "xyb": True, "colourspace": "sRGB"},
        "version": ["cjxl", "--version"],
    }
    codec = read_definition("my-jxl", table, root)
    small, large = (codec.encode(picture, codec.ladder[rung]) for rung in (1, 2))
    assert len(small) < len(large)
    assert codec.inspect(large).items() >= codec.expected({}).items()
    difference = codec.decode(large).astype(float) - picture
    assert np.sqrt(np.mean(difference**2)) < 6
    assert "cjxl" in codec.provenance()["version"]


def test_wrong_size_is_one_clear_failure(make):
    from pytest_colordeg.images.model import Image
    from pytest_colordeg.sweep.cell import code

    small = b"P6\n3 2\n255\n" + bytes(18)
    codec = make(decode=f"import sys; open(sys.argv[2], 'wb').write({small!r})")
    with pytest.raises(ColordegError, match=r"decode returned is 3x2 .*not 7x5 as the original"):
        code(codec, 1, Image("noise", IMAGE))


def test_provenance_changes_with_what_it_names(make, root):
    (root / "lib.so").write_bytes(b"one")
    codec = make(files=["lib.so"], version=[sys.executable, "--version"])
    before = codec.provenance()
    assert before["version"] == f"Python {sys.version.split()[0]}"
    assert set(before) == {
        "encoder", "decoder", "file enc.py", "file dec.py", "file lib.so", "version",
    }  # fmt: skip
    assert codec.provenance() == before
    (root / "lib.so").write_bytes(b"another")
    after = codec.provenance()
    assert {name for name in after if after[name] != before[name]} == {"file lib.so"}
    assert str(root) not in "".join(map(str, before.values())).replace(sys.executable, "")


def test_a_version_that_cannot_be_told_is_said_so(make):
    codec = make(version=[sys.executable, "-c", "raise SystemExit(4)"])
    assert codec.provenance()["version"].startswith("unknown: exited with status 4")


def test_a_declared_file_that_is_missing(make):
    assert "file 'gone.so' of its definition is not in" in make(files=["gone.so"]).unavailable()
