"""Run by the system's Python, which has LibreOffice's ``uno``: calls from stdin, results to stdout, both as JSON."""

import json
import subprocess
import sys
import time
import uuid
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def setting(name, value):
    result = PropertyValue()
    result.Name, result.Value = name, value
    return result


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice did not start")


def main(book, profile):
    pipe = uuid.uuid4().hex
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation={Path(profile).as_uri()}",
            f"--accept=pipe,name={pipe};urp",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        options = (setting("Hidden", True), setting("MacroExecutionMode", 4))
        document = desktop.loadComponentFromURL(Path(book).as_uri(), "_blank", 0, options)
        provider = document.getScriptProvider()
        results = []
        for name, *arguments in json.load(sys.stdin):
            script = provider.getScript(f"vnd.sun.star.script:Duban.{name}?language=Basic&location=document")
            results.append(script.invoke(tuple(arguments), (), ())[0])
        json.dump(results, sys.stdout)
        document.close(True)
        desktop.terminate()
        office.wait(30)
    finally:
        office.kill()


main(*sys.argv[1:])
