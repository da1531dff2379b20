"""Images by name: corpora, and what a user selects of them.

Importing this package loads neither Pillow nor scikit-image; pixels are read
when an image is first asked for.
"""

from pytest_colordeg.images.check import check_pixels
from pytest_colordeg.images.load import load_image
from pytest_colordeg.images.model import Corpus, Image, Source
from pytest_colordeg.images.select import Selection, resolve

__all__ = ["Corpus", "Image", "Selection", "Source", "check_pixels", "load_image", "resolve"]
