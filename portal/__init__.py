"""The Django project: settings, URLs, the task queue, and what spans apps."""
