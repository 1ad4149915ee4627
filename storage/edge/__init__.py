"""The edge recorder: a commune's footage kept beside its ingest worker, and sent to the centre afterwards."""
