"""What a run leaves behind: outcome, tables and measures."""
