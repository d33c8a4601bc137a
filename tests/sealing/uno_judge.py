"""LibreOffice's verdict on signed documents. Run by the system's own Python, which has UNO: `uno_judge.py FOLDER FILE …`.

FOLDER is a certificate database of NSS (`certutil`) with the trusted roots; a list of lists of signatures is printed as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

PATIENCE = 60  # seconds until LibreOffice must answer


def main(trusted, *paths):
    with tempfile.TemporaryDirectory() as home:
        pipe = f"zcf{os.getpid()}"
        command = ["soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation=file://{home}/profile"]
        environment = os.environ | {"MOZILLA_CERTIFICATE_FOLDER": f"sql:{trusted}", "HOME": home}
        office = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"], env=environment, stdout=sys.stderr)
        try:
            context = connected(pipe)
            json.dump([judged(context, Path(path)) for path in paths], sys.stdout)
            context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
            office.wait(PATIENCE)
        finally:
            office.kill()
            office.wait()


def connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(PATIENCE * 4):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
    raise SystemExit("LibreOffice does not answer")


def judged(context, path):
    """Opened as a zip file in a storage: any other way LibreOffice finds no signatures at all (signing.md 2.3)."""
    service = context.ServiceManager.createInstanceWithContext
    stream = service("com.sun.star.ucb.SimpleFileAccess", context).openFileRead(path.resolve().as_uri())
    form = PropertyValue(Name="StorageFormat", Value="ZipFormat")
    arguments = (stream, 1, uno.Any("[]com.sun.star.beans.PropertyValue", (form,)))
    factory = service("com.sun.star.embed.StorageFactory", context)
    storage = uno.invoke(factory, "createInstanceWithArguments", (arguments,))
    found = service("com.sun.star.security.DocumentDigitalSignatures", context).verifyDocumentContentSignatures(storage, None)
    security = service("com.sun.star.xml.crypto.SEInitializer", context).createSecurityContext("").getSecurityEnvironment()
    return [
        {
            "valid": each.SignatureIsValid,
            "certificate": security.verifyCertificate(each.Signer, ()) if each.Signer else None,  # 0 is valid
            "signer": each.Signer.SubjectName if each.Signer else None,
            "partial": each.PartialDocumentSignature,
        }
        for each in found
    ]


main(*sys.argv[1:])
