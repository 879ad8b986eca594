"""How fast crm is, as ratios to what its users would run instead; `python -m benchmarks` prints them."""
