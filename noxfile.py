"""The suite under other Pythons, pytests and NumPys: ``nox``, or ``nox -s "tests-3.11(...)"``.

Sessions whose interpreter is not there are skipped by nox, and said so.
"""

from __future__ import annotations

import nox

nox.options.error_on_missing_interpreters = False

# The oldest that is supported and the newest of each.
PAIRS = [("8.0", "1.26"), ("9.0", "2.0")]


@nox.session(python=["3.11", "3.12", "3.13"])
@nox.parametrize(("pytest", "numpy"), PAIRS)
def tests(session: nox.Session, pytest: str, numpy: str) -> None:
    """All tests; arguments after ``--`` go to pytest."""
    if session.python == "3.13" and numpy == "1.26":
        session.skip("NumPy 1.26 has no wheels for Python 3.13")
    session.install(f"pytest~={pytest}", f"numpy~={numpy}", "-e", ".[test]")
    session.run("pytest", "-q", *session.posargs)
