"""ICC profiles to sRGB through Little CMS, in float.

The binding is imagecodecs': Pillow's takes and gives 8 bits only, which is off
by more than a level in dark colours and has no 16-bit RGB at all. The intent
is relative colorimetric without black point compensation: white is white, and
every colour inside sRGB keeps the measurement that its profile states.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Model

__all__ = ["icc_space", "icc_to_srgb"]

_SPACES: dict[bytes, Model] = {b"RGB ": "rgb", b"GRAY": "grey", b"CMYK": "cmyk"}
_LCMS_NAMES = {"rgb": "rgb", "grey": "gray", "cmyk": "cmyk"}
_DEVICES = (b"mntr", b"scnr", b"prtr", b"spac")


def icc_space(profile: bytes) -> Model:
    """What the profile's device colours are.

    Raises
    ------
    ColordegError
        If this is no profile of a device or space of grey, RGB or CMYK.
    """
    if len(profile) < 132 or profile[36:40] != b"acsp":
        raise ColordegError("has an ICC profile that is damaged")
    if profile[16:20] not in _SPACES or profile[12:16] not in _DEVICES:
        kind = (profile[12:16] + b" " + profile[16:20]).decode("ascii", "replace")
        raise ColordegError(f"has an ICC profile of a kind that describes no pixels ({kind!r})")
    return _SPACES[profile[16:20]]


def icc_to_srgb(values: NDArray[np.floating[Any]], profile: bytes) -> NDArray[np.float32]:
    """Convert device values to non-linear sRGB.

    Parameters
    ----------
    values
        Shape (H, W, C), 0..1; for CMYK 1 is full ink.
    profile
        The ICC profile of these values.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        Below 0 or above 1 where the colour is outside sRGB.

    Raises
    ------
    ColordegError
        If Little CMS cannot use the profile.
    """
    import imagecodecs

    space = icc_space(profile)
    scale = 100.0 if space == "cmyk" else 1.0  # Little CMS counts ink in percent
    device = np.ascontiguousarray(values * np.float32(scale), np.float32)
    try:
        colours: NDArray[np.float32] = imagecodecs.cms_transform(
            device[..., 0] if space == "grey" else device,
            profile,
            imagecodecs.cms_profile("srgb"),
            colorspace=_LCMS_NAMES[space],
            outcolorspace="rgb",
            outdtype=np.float32,
            intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
        )
    except (RuntimeError, ValueError) as error:
        raise ColordegError(f"has an ICC profile that cannot be used ({error})") from None
    return colours
