@echo off
rem Finds a Python that is new enough, or unpacks Python's own embeddable zip laid beside this file.
setlocal
set "HERE=%~dp0"
for %%V in (3.13 3.12 3.11) do (
  py -%%V -c "" >nul 2>&1 && (
    py -%%V "%HERE%install.py" %*
    goto :end
  )
)
for %%F in ("%HERE%python-3*-embed-amd64.zip") do (
  if not exist "%TEMP%\duban-python" mkdir "%TEMP%\duban-python"
  tar -xf "%%F" -C "%TEMP%\duban-python" && (
    "%TEMP%\duban-python\python.exe" "%HERE%install.py" %*
    goto :end
  )
)
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && (
  python "%HERE%install.py" %*
  goto :end
)
echo 没有找到 Python 3.11、3.12 或 3.13。请先安装其中一个，或把 python-3.12.x-embed-amd64.zip 放到这个文件夹，再运行一次。
:end
pause
