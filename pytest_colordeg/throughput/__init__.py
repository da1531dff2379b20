"""How fast codecs are: instruments, and the `throughput` fixture over pytest-benchmark."""
