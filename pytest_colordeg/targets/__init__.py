"""Operating points by what they give instead of by rung: at 0.5 bpp, at an SSIM of 0.97."""
