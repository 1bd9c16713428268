"""Between the warehouse, the model and the lake: features in, versions and predictions kept. No model maths."""
