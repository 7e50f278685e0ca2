"""Training: corpus → splits → fit → calibration → cut-offs → evaluation → published model."""
