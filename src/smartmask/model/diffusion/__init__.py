"""What every denoiser shares: schedule, sampler, guidance by words, what it is told of a view, and fields of
masks.
"""
