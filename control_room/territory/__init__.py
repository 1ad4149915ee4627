"""Communes, their workers, their cameras."""
