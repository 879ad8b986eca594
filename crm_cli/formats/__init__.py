"""Pure translation between values and text: JSON, YAML, CSV, TSV, and the formats of other programs."""
