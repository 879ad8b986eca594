"""The face for shells, scripts and cron."""
