"""`smartmask data`: datasets made, read, looked into. Commands only; what they do is in `data` and
`training`.
"""
