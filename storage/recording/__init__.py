"""Access units to segments in the object store. Knows no index: it can run beside a commune's ingest."""
