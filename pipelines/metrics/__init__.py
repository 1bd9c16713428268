"""The catalogue of metrics: what a figure is called, means and is made of, in one place for every reader."""
