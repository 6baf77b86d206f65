"""The files that ship, and where they are; what each is, the model card says."""

from pathlib import Path

WEIGHTS = Path(__file__).resolve().parent
