"""`python -m qa` is `qa`."""

from qa.cli.app import main

main()
