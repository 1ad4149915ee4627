"""Live streams that browsers cannot show, made into H.264 by a child process a stream: see ADR 16."""
