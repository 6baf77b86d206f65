"""Made rooms: shell, plan, furniture, what stands on it, and how it is seen."""
