"""Telling people: inbox, mail, web push, digests, bounces."""
