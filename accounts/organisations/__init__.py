"""Companies and clubs, and who acts for them."""
