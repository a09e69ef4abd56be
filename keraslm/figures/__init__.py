"""Figures for a projector: large type, direct labels, colours all can tell apart."""
