@echo off
rem Finds a Python that is new enough, or unpacks Python's own embeddable zip laid beside this file.
setlocal
set "HERE=%~dp0"
set "WORDS=%*"
set "DONE="
for %%V in (3.13 3.12 3.11) do call :launcher %%V
for %%F in ("%HERE%python-3*-embed-amd64.zip") do call :embedded "%%F"
if not defined DONE call :plain
if not defined DONE call :none
pause
exit /b

:launcher
if defined DONE exit /b
py -%1 -c "" >nul 2>&1
if errorlevel 1 exit /b
set "DONE=1"
py -%1 "%HERE%install.py" %WORDS%
exit /b

:embedded
if defined DONE exit /b
if not exist "%TEMP%\duban-python" mkdir "%TEMP%\duban-python"
tar -xf %1 -C "%TEMP%\duban-python"
if errorlevel 1 exit /b
set "DONE=1"
"%TEMP%\duban-python\python.exe" "%HERE%install.py" %WORDS%
exit /b

:plain
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1
if errorlevel 1 exit /b
set "DONE=1"
python "%HERE%install.py" %WORDS%
exit /b

:none
echo 没有找到 Python 3.11、3.12 或 3.13。请先安装其中一个，或把 python-3.12.x-embed-amd64.zip 放到这个文件夹，再运行一次。
exit /b
