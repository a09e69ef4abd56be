"""Where weights start: vectors of words."""
