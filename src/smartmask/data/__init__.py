"""Photos, annotations and layouts from files, scenes in layers, and the examples made of them. Knows
`language`, `segmentation` and `scene`; no network, no pipeline.
"""
