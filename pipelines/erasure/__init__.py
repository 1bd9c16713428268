"""Erasing a member from everything under the home, so that every figure stays as it was. No other room knows how."""
