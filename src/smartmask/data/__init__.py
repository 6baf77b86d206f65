"""Annotation files -> annotated scenes -> training examples."""
