"""Metrics of an image pair and of a ladder, each with one definition."""
