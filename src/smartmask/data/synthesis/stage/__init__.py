"""What rooms and open places are made with: meshes and silhouettes, their kinds, supports, z-buffer."""
