"""The seam to JSONata: ``compile(expression) -> Expression``."""
