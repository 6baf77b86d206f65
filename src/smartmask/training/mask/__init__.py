"""The shape generator (pack, batches, loop, export) and the chooser of remembered shapes. They are read in
`model/mask`.
"""
