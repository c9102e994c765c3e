"""Pipelines: whole workflows of SageMaker steps, to be executed with other values each time."""

from __future__ import annotations

from stepfunctions.template.pipeline.train import TrainingPipeline

__all__ = ["TrainingPipeline"]
