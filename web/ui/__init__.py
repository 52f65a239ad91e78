"""The kiosk's own pages, served on loopback only."""
