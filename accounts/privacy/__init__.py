"""Copies, erasing, and how long things are kept."""
