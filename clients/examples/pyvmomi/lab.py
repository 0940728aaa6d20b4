"""Connections to the lab's vCenter and first host, from the environment."""
import os
import ssl
from urllib.parse import urlparse

from pyVim.connect import Disconnect, SmartConnect


def connect(prefix, user=None, password=None):
    """SmartConnect to LAB_VC or LAB_ESX; no setting beside the self-signed certificate."""
    url = urlparse(os.environ[prefix + "_URL"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return SmartConnect(host=url.hostname, port=url.port or 443, sslContext=context,
                        user=user or os.environ[prefix + "_USER"],
                        pwd=password or os.environ[prefix + "_PASSWORD"])


def view_of(si, *types):
    """All objects of some types, through a container view."""
    content = si.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, list(types), True)
    try:
        return list(view.view)
    finally:
        view.Destroy()


def close(si):
    Disconnect(si)


def check(condition, text):
    if not condition:
        raise AssertionError(text)
    print("ok", text)
