"""`smartmask evaluate`: figures of the models and of their parts, on held-out data. Commands only."""
