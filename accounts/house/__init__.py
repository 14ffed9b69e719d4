"""The brand itself: set-up, legal texts, imports, invitations of colleagues."""
