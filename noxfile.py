"""The suite under other Pythons, pytests and NumPys: ``nox``, or ``nox -s "tests-3.13(newest)"``.

Sessions whose interpreter is not there are skipped by nox, and said so. Learned codecs'
PyTorch is left out: their tests skip themselves, and say so.
"""

from __future__ import annotations

import nox

nox.options.error_on_missing_interpreters = False

OLDEST = nox.param(("pytest==8.0.*", "numpy==1.26.*"), id="oldest")
MIXED = nox.param(("pytest==8.*", "numpy==2.*"), id="mixed")
NEWEST = nox.param(("pytest==9.*", "numpy==2.*"), id="newest")


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
@nox.parametrize("versions", [OLDEST, MIXED, NEWEST])
def tests(session: nox.Session, versions: tuple[str, str]) -> None:
    """All tests; arguments after ``--`` go to pytest."""
    if "numpy==1.26.*" in versions and session.python in ("3.13", "3.14"):
        session.skip("NumPy 1.26 has no wheels for this Python")
    session.install(*versions, "-e", ".[test]")
    session.run("python", "-c", VERSIONS)
    session.run("pytest", "-q", "-p", "no:cacheprovider", *session.posargs)


VERSIONS = """
import platform, pytest, numpy, numba, imagecodecs
print("Python", platform.python_version(), *(
    f"{m.__name__} {m.__version__}" for m in (pytest, numpy, numba, imagecodecs)))
"""
