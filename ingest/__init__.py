"""Camera to access unit: one worker a commune pulls its cameras and publishes their units on the tap."""
