"""Ready-made pipelines."""

from __future__ import annotations

from stepfunctions.template.pipeline import TrainingPipeline

__all__ = ["TrainingPipeline"]
