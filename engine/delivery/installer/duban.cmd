@echo off
rem Runs the current version. Its folder is named in one small file, so that an upgrade is one replacement.
setlocal
set "HERE=%~dp0"
set /p VERSION=<"%HERE%current.txt"
set /p PYTHON=<"%HERE%versions\%VERSION%\python.txt"
"%HERE%versions\%VERSION%\%PYTHON%" -I -X utf8 -m engine.cli %*
exit /b %ERRORLEVEL%
