"""From a photo and a mask to a photo with the object in it, and back: insert, paste, history."""
