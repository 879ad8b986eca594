"""Telling people what is due where they do not look for it: the digest, mail, the desktop, cron."""
