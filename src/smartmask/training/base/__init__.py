"""Training through accelerate: the base mask model and ControlNets, sharded and resumable."""
