"""The console command."""

import re
import subprocess
import sys
import tomllib

import numpy as np
import PIL.Image
import pytest

from pytest_colordeg.cli import SUBCOMMANDS, main


def test_codecs_lists_every_codec_with_its_ladder(capsys):
    assert main(["codecs"]) == 0
    out = capsys.readouterr().out
    for name in ("jpeg", "jpeg444", "jpeg2000", "jpegxl", "webp", "avif"):
        assert f"{name} " in out
    assert "level: r2=4 " in out
    assert "subsampling=4:4:4" in out


def test_codecs_tells_how_to_get_what_is_missing(capsys, monkeypatch):
    from pytest_colordeg.codecs import imagecodecs_base

    monkeypatch.setattr(imagecodecs_base, "find_spec", lambda name: None)
    assert main(["codecs"]) == 0
    assert "not available: imagecodecs is not installed; pip install" in capsys.readouterr().out


def test_no_command_and_unknown_command_are_usage_errors(capsys):
    for words in ([], ["frobnicate"]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
    assert "frobnicate" in capsys.readouterr().err


@pytest.mark.parametrize("command", SUBCOMMANDS, ids=lambda command: command.name)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command.name, "--help"])
    assert caught.value.code == 0
    assert command.name in capsys.readouterr().out


def test_help_imports_no_command():
    script = (
        "import sys; from pytest_colordeg.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'imagecodecs', 'pytest_colordeg.calibrate'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def folder(tmp_path):
    for seed in (1, 2):
        pixels = np.random.default_rng(seed).integers(0, 256, (24, 40, 3), dtype=np.uint8)
        PIL.Image.fromarray(pixels).save(tmp_path / f"{seed}.png")
    return tmp_path


def test_calibrate_prints_a_ladder_to_paste(folder, capsys):
    assert main(["calibrate", str(folder), "--codec", "jpeg", "--rates", "10,14"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("# 2 images")
    assert lines[1] == '    "jpeg": {  # level'
    assert len([line for line in lines if "Step(" in line]) == 2


PROJECT = """
[tool.colordeg.codecs.copy]
encode = ["cp", "{input}", "{output}"]
decode = ["cp", "{input}", "{output}"]
suffix = ".bin"
ladder = [{}]

[tool.colordeg.codecs.pad]
encode = ["sh", "-c", "head -c $0 /dev/zero >> $2; cat $1 >> $2", "{size}", "{input}", "{output}"]
decode = ["tool/missing", "{input}", "{output}"]
suffix = ".bin"
ladder = [{size = 10}]
"""


def test_codecs_of_the_project_are_listed_from_any_folder_in_it(tmp_path, capsys, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert main(["codecs"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^copy +available", out, re.M)
    assert re.search(
        rf"^pad +not available: program 'tool/missing' is not in {tmp_path}", out, re.M
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.colordeg.codecs.x]", "[tool.colordeg.codecs.x]: encode is missing; such as encode"),
        ("[tool.colordeg", "pyproject.toml: cannot be read: "),
        ("[tool]\ncolordeg.codecs = 3", ""),
        ("[tool.colordeg]\ncodecs = ['jpeg']", ""),
    ],
)
def test_what_pyproject_says(text, message, tmp_path, capsys, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["codecs"]) == (2 if message else 0)
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == bool(message)


def test_a_codec_of_the_project_is_calibrated_over_a_given_dial(
    tmp_path, folder, capsys, monkeypatch
):
    text = PROJECT.replace("tool/missing", "cp")
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    words = ["calibrate", str(folder), "--codec", "pad", "--dial", "size=0:9600:1200"]
    assert main([*words, "--rates", "40,60,150"]) == 0
    out = capsys.readouterr().out
    ladder = tomllib.loads(out)["tool"]["colordeg"]["codecs"]["pad"]["ladder"]
    # Noise of 40 x 24 pixels does not compress: 24 bits a pixel, and 10 for each 1200 bytes.
    assert ladder["1"]["size"] == pytest.approx((40 - 24.7) * 120, abs=800)
    assert ladder["2"]["size"] == pytest.approx((60 - 24.7) * 120, abs=800)
    assert "# no rung 3: 150 bpp is out of reach" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--codec", "copy"], "codec copy does not tell its dial; give it, such as --dial"),
        (["--codec", "jpeg", "--dial", "levle=1:9:1"], "codec jpeg has no parameter levle; it has"),
    ],
)
def test_a_dial_that_is_not_there(words, message, tmp_path, folder, capsys, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    assert main(["calibrate", str(folder), *words]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("dial", ["level", "=1:2:1", "level=1:2", "l=1:2:0", "l=a:b:c", "l=1:1:1"])
def test_impossible_dials_are_refused(dial, folder, capsys):
    with pytest.raises(SystemExit):
        main(["calibrate", str(folder), "--codec", "jpeg", "--dial", dial])
    assert "is not a dial such as distance=25:0.5:0.1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["calibrate", "no-such-folder"], "no-such-folder is not a folder"),
        (["calibrate", ".", "--codec", "jpg"], "unknown codec 'jpg'; did you mean jpeg"),
    ],
)
def test_errors_are_one_line(words, message, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    assert main(words) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("rates", ["", "a", "0.5,-1", "nan", "0"])
def test_impossible_rates_are_refused(rates, folder, capsys):
    with pytest.raises(SystemExit):
        main(["calibrate", str(folder), "--rates", rates])
    assert "is not a list such as" in capsys.readouterr().err
