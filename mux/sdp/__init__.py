"""What clients offer and what they are answered."""
