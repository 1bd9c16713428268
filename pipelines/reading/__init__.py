"""Reading files whose content nobody vouches for: blocks within limits, lines, counts. What they mean is not known."""
