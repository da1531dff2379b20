"""Weights: where they come from, and what a file of them must hold."""

from pytest_colordeg.codecs.neural.weights.load import Point, Weights, load

__all__ = ["Point", "Weights", "load"]
