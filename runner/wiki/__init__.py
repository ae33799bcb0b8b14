"""Talking to one wiki's Action API."""
