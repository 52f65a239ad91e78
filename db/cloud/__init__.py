"""What the organisation's cloud means for the data: its rows as ours, merging, what waits for it (DESIGN §7, CLOUD).

Knows nothing of HTTP (kiosk/cloud).
"""
