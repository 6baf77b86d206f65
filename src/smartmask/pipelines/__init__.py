"""What users call, composed of model, scene and protocols only."""
