"""Compiled loops over the nodes of arcs."""
