"""What makes an export evidence: manifest, seal, verification; run by anybody, offline."""
