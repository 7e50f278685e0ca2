"""Studies of corpus, lexicon and training, each a command of its own: ``python -m dunwatch_train.studies.<name>``."""
