@echo off
setlocal
set "HERE=%~dp0"
set /p VERSION=<"%HERE%current.txt"
set /p PYTHON=<"%HERE%versions\%VERSION%\python.txt"
copy /y "%HERE%install.py" "%TEMP%\duban-install.py" >nul
py -3 "%TEMP%\duban-install.py" --remove --to "%HERE%." 2>nul || "%HERE%versions\%VERSION%\%PYTHON%" "%HERE%install.py" --remove --to "%HERE%."
pause
