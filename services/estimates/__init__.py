"""Estimates: what extra work would cost, and what the customer says to it."""
