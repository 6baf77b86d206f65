"""Thin adapters to third-party libraries, one file each."""
