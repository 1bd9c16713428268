"""One file a page: what it asks the marts, and the blocks that it shows."""
