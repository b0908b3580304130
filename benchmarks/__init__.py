"""Measurements, run by `./dev bench NAME` on durable servers of their own. They print ratios and fail nobody."""
