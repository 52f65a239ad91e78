"""Everything that is SQLite's own: opening an encrypted file, its errors, its JSON functions."""
