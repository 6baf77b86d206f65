"""The ranker: groups of true and false placements, network, loop."""
