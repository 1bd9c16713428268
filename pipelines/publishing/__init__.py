"""Publishing: the marts and the site swapped in together, rolled back together, and the banner kept true."""
