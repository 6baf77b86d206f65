"""The mask diffusion model: codec, condition, schedule, samplers, guidance, network."""
