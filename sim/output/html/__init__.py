"""Reports: what was found in a run, sweep, comparison or sizing, as a page to read and print."""
