"""Files: where an output goes, how it is written, and what a stranger made.

`destinations` and `writing` keep what a user has; `zip_archive`, `weights` and
`archive` open model files without trust; `marker` tells the folders that keraslm wrote.
"""
