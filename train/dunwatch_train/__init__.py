"""Training: corpus → splits → fit → calibration → cut-offs → evaluation → published model."""

from importlib import import_module

from dunwatch.errors import MissingExtra

for _module in ("joblib", "scipy", "sklearn"):
    try:
        import_module(_module)
    except ImportError as error:
        raise MissingExtra(_module, "train") from error
