"""One file a verb: a plain function with annotated arguments, imported when the verb is called."""
