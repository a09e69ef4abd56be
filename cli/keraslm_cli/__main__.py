"""Run the command line as `python -m keraslm_cli`."""

from keraslm_cli.main import main

main()
