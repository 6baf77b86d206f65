"""Things put together of plain solids, by where they are met."""
