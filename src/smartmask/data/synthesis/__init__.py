"""Exact amodal scenes without limit: solids and silhouettes under physical rules, seen by a random camera.
Rooms in `indoor`, open places in `outdoor`, what both need in `stage`; `real_layouts` stands silhouettes in
photos.
"""
