"""Numbers of matters that people typed, erased or altered: named with their remedy, and given back, never made anew."""
