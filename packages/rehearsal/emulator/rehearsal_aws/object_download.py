"""Fetches an object of the emulated S3, as a service beside it would."""

import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


def download_object(bucket: str, key: str, file: Path) -> None:
    """Writes the object into a file. Raises ValueError that names the object when it cannot be had."""
    url = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/{bucket}/{urllib.parse.quote(key)}"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        # No proxy of this machine's user: it is on loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=60) as answer, file.open("wb") as target:
            shutil.copyfileobj(answer, target)
    except urllib.error.HTTPError as error:
        raise ValueError(f"s3://{bucket}/{key}: status {error.code}") from error
