"""From what a panoptic network says about a photo to a layout."""
