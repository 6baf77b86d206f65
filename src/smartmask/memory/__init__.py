"""Real shapes that are kept as short codes, found by what they show."""
