"""Values that merges kept aside: which there are, where each belongs, and settling them."""
