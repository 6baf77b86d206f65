"""Metrics: pure functions of arrays, each with its definition."""
