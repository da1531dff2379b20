"""Training of the learned codecs: rate, distortion and, where asked, colour."""
