"""Photos, annotations and layouts from files, scenes in layers, and the examples made of them. Knows
`language`, `protocols` and `scene`; no network, no pipeline.
"""
