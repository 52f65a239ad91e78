"""Everything that is true about the data: tables, changes, merging, history, accounts.

Knows nothing of HTTP, windows or the cloud's wire format.
"""
