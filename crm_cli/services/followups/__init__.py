"""Calls and visits written down, tasks, cadence and days to remember: what was and what is due."""
