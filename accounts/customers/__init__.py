"""The customer file: finding, sections, merging, people without an account."""
