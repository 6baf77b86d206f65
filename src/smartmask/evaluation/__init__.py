"""Metrics and protocols; they receive built pipelines."""
