"""Everything that speaks HTTP inward: the phones' listener and the kiosk's own pages.

Knows nothing of windows, processes or schedules; what it needs of those it asks through ports.
"""
