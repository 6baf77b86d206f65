"""What rooms and open places are made with: meshes and silhouettes, their kinds and sizes, supports, camera,
z-buffer.
"""
