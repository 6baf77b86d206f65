"""The readers of silhouettes, which measure and never choose."""
