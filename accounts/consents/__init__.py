"""Consents: purposes, texts, the log, receipts."""
