"""From this source tree to an office's PC without internet: the bundle, its installer, the start at boot."""
