"""Compiled loops over burns."""
