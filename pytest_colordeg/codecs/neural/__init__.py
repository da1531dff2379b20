"""Learned codecs: CompressAI's six families, entropy-coded for real, from weights of any origin."""
