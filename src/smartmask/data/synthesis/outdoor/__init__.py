"""Made open places: ground, plants, what is paved, and what stands there."""
