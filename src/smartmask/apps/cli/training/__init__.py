"""`smartmask train`: runs through accelerate. Commands only; the loops are in `training`."""
