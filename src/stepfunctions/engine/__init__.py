"""Drivers that run the core for real. They know no AWS service: TaskHandler (handler.py) is the seam."""
