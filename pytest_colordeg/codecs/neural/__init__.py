"""Learned codecs, entropy-coded for real, from weights of any origin.

CompressAI's six families, and two of ours.
"""
