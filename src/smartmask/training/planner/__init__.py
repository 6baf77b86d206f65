"""The planner: its data, network and loop; and a language model taught to plan (LoRA)."""
