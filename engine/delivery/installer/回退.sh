#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
place="$here/versions/$(cat "$here/current.txt")"
exec "$(readlink -f "$place/$(cat "$place/python.txt")")" "$here/install.py" --rollback --to "$here"
