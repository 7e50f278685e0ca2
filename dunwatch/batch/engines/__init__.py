"""Who does the parts of a job: this process, a crew of processes, or a cluster."""
