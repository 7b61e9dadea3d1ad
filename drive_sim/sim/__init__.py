"""The world: roads, what they look like, the car that drives on them and the camera that sees them."""
