"""For our tests and for those of plug-in authors: a codec, a project to gate it in, faults.

`project` has a small, exact codec and a pytester folder that gates it; `mutations` has
faults to wrap around a real codec, which a gate has to catch.
"""

from __future__ import annotations

from pytest_colordeg.testing.project import PROJECT, Project, posterizer

__all__ = ["PROJECT", "Project", "posterizer"]
