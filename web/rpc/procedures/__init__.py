"""The procedures, by the part of the clinic they are about."""
