"""`python -m runner` is `wikimop`."""

from runner.cli import main

main()
