@echo off
rem Run by a Python outside the version that goes, where there is one: Windows deletes no program that runs.
setlocal
set "HERE=%~dp0"
set /p VERSION=<"%HERE%current.txt"
set /p PYTHON=<"%HERE%versions\%VERSION%\python.txt"
copy /y "%HERE%install.py" "%TEMP%\duban-install.py" >nul
py -3 -c "" >nul 2>&1
if errorlevel 1 goto :own
py -3 "%TEMP%\duban-install.py" --rollback --to "%HERE%."
goto :end
:own
"%HERE%versions\%VERSION%\%PYTHON%" "%HERE%install.py" --rollback --to "%HERE%."
:end
pause
