"""Writers: parts encoded by workers, and put together into an output that appears whole or not at all."""
