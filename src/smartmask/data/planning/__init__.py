"""What a model is asked when it plans a scene, and how its answer is read: alike in training and use."""
