"""What users call: suggest masks (`suggest`, `shapes`), insert objects (`insertion`), plan scenes
(`planning`). Composed of `model`, `memory`, `segmentation`, `language`, `data` and `scene`; parts come in
from outside, backends behind `protocols`.
"""
