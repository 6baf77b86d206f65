"""The benchmark: frozen held-out objects, asked for again in every way that users ask, and what came back."""
