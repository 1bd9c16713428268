"""Messages made from what is published, and their way to chats, webhooks, forums and files: each once."""
