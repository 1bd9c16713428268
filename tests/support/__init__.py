"""What several tests share: made-up logs, homes to run on, and readers that have no code of the pipeline in them."""
