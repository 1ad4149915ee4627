"""What is let through of a camera's pictures: one module a codec."""
