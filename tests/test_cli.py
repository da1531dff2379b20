"""The console command."""

import subprocess
import sys

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
