"""What compiled code stands on: compilation, tables, the calendar; nothing of ceasefires."""
