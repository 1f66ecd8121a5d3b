"""Web push: notices on the screen of a browser that subscribed."""
