"""Messages about what is published, and their way to where a team reads, each sent once."""
