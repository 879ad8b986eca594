"""The screens for people: what is due, the pipeline, every record, with the same plans as the command line."""
