"""pytest-colordeg: prove that an image codec keeps its colours."""

__version__ = "0.1.0"
