"""The planner: its network, boxes, rules of support, and the shipped planner round them. NumPy alone; it is
trained in `training/planner`.
"""
