"""How a model gets to the workers of a Dask cluster."""

from __future__ import annotations

from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from dunwatch.classifier import Classifier, load
from dunwatch.errors import DamagedModel
from dunwatch.model.artefact import MODEL_FILES, model_digest


class ModelPlugin(WorkerPlugin):
    """Brings a model to a worker, once: its files are written to the worker's own folder, checked by digest and loaded.

    Workers that join later get it as well (a plugin of ``distributed``).
    """

    name = "dunwatch"

    def __init__(self, classifier: Classifier) -> None:
        """Take the files of a loaded model along."""
        folder = classifier.model.path
        self._files = {name: (folder / name).read_bytes() for name in MODEL_FILES}
        self._operating_point = classifier.operating_point
        self._digest = model_digest(folder)

    def setup(self, worker: Worker) -> None:
        """Load the model here. Raises ``DamagedModel`` if it did not arrive as it was sent."""
        folder = Path(worker.local_directory, f"dunwatch-{self._digest[:16]}")
        folder.mkdir(exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)
        if model_digest(folder) != self._digest:
            raise DamagedModel(f"{folder}: the model did not arrive as it was sent")
        self.classifier = load(folder, operating_point=self._operating_point)


def classifier_here() -> Classifier:
    """The classifier that was brought to the worker which runs this."""
    plugin = get_worker().plugins[ModelPlugin.name]
    assert isinstance(plugin, ModelPlugin)
    return plugin.classifier
