"""The base mask model round Stable Diffusion: network, layout input, VAE, texts, schedule, and its folder on
disk. PyTorch and diffusers are imported here, and by nobody who does not ask for it.
"""

CARD_FILE = "config.json"
"""Which a folder of a base mask model has: format, version, and what is ours about the network."""
