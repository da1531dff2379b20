"""Codecs in processes of their own: what they do to those is a failed cell, and the run goes on.

A template process is forked before anything has threads, with every codec that the project
registered, closures included; it forks the workers. A worker is used again and again until
it crashes, hangs or leaves something behind.
"""

from __future__ import annotations

from pytest_colordeg.codecs.isolation.codec import Isolated
from pytest_colordeg.codecs.isolation.pool import Isolation

__all__ = ["Isolated", "Isolation"]
