"""Parts of a job: how inputs are cut, how a part is scored, and the journal of what is done."""
