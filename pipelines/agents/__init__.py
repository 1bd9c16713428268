"""What is published, for agents: metrics, SQL within bounds and reasons of a risk over the Model Context Protocol."""
