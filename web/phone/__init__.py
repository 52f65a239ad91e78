"""What phones see: the application behind the LAN listener."""
