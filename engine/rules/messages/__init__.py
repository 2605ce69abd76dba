"""From duties to SMS and flags: obligations, what is sent now, merging, wording, validity. Pure."""
