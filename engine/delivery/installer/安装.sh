#!/bin/sh
# Finds a Python that is new enough and hands over to install.py.
here=$(dirname "$(readlink -f "$0")")
for python in python3.13 python3.12 python3.11 python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$here/install.py" "$@"
    fi
done
echo "没有找到 Python 3.11、3.12 或 3.13。请先安装其中一个，再运行一次。" >&2
exit 2
