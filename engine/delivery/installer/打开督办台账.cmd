@echo off
rem Opens the ledger's window; a ledger that is dropped on this file is opened. Leaves no console behind.
setlocal
set "HERE=%~dp0"
set /p VERSION=<"%HERE%current.txt"
set /p PYTHON=<"%HERE%versions\%VERSION%\python.txt"
set "PROGRAM=%HERE%versions\%VERSION%\%PYTHON%"
"%PROGRAM%" -I -c "import tkinter" >nul 2>&1
if errorlevel 1 goto :none
cd /d "%HERE%."
start "" "%PROGRAM:python.exe=pythonw.exe%" -I -X utf8 -m engine.cli desk %*
exit /b

:none
echo 这台电脑的 Python 没有窗口组件 tkinter。请改用 python.org 的安装程序（保留 tcl/tk），再安装一次督办。
pause
