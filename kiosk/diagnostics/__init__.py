"""The report for support: one zip that explains what is wrong without a word about a patient."""
