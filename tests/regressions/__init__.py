"""Messages once wrong."""
