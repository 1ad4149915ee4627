"""What can be told of viewers, streams and this process."""
