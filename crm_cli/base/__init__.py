"""What every room may use and what knows nothing of CRM: errors, clock, ids, dates, money, text."""
