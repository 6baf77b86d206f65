"""Exact amodal scenes without limit: solids and silhouettes under physical rules, seen by a random camera."""
