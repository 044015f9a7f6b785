"""Frozen data that the stages hand to each other; imports only the standard library."""
