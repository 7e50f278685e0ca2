"""``python -m dunwatch``."""

from dunwatch.cli import main

main()
