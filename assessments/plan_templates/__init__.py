"""Repair plans as data: the files, what may stand in them, and what they become."""
