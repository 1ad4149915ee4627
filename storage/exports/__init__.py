"""Exports: sealed packages of footage for a requisition."""
