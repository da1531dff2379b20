"""Degradation against baseline and limits: verdicts, causes, the failure text."""
