"""Scenarios of every kind under one protocol (docs/studies.md): conjunctions, and every other question.

A scenario's key `kind` names its kind. The module of a kind holds its scenario model, its computation, its figures and
its lines for the terminal, and ends with one value that the registry (`kinds.py`) leads to.
"""
