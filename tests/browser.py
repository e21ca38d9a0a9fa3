"""A real Chromium for tests, driven over the WebDriver protocol: nothing but the standard library."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

DRIVER = shutil.which("chromedriver")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
MISSING = "no Chromium: apt-get install --no-install-recommends chromium chromium-driver"


class Browser:
    """One headless session without network; a context manager."""

    def __init__(self, width: int = 1200, height: int = 900) -> None:
        self.size = f"--window-size={width},{height}"

    def __enter__(self) -> Browser:
        assert DRIVER is not None
        self.process = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = next(line for line in self.process.stdout if "started successfully on port" in line)
        self.base = f"http://127.0.0.1:{line.split('port ')[1].split('.')[0].strip()}"
        offline = "--host-resolver-rules=MAP * ~NOTFOUND"
        args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            offline,
            self.size,
        ]
        options = {"args": args, "binary": CHROMIUM}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}
        session = self._send("POST", "/session", {"capabilities": wanted})
        self.base += f"/session/{session['sessionId']}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._send("DELETE", "")
        self.process.terminate()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)["value"]

    def open(self, path: Path) -> None:
        self._send("POST", "/url", {"url": path.resolve().as_uri()})

    def run(self, script: str) -> Any:
        """The value that a script returns in the page."""
        return self._send("POST", "/execute/sync", {"script": script, "args": []})

    def emulate(self, width: int, height: int, dark: bool) -> None:
        """A screen of this size (a phone below 500) and the colours it prefers."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]}
        for command, params in (("setDeviceMetricsOverride", screen), ("setEmulatedMedia", scheme)):
            self._send("POST", "/goog/cdp/execute", {"cmd": f"Emulation.{command}", "params": params})

    def messages(self) -> list[str]:
        """What the page wrote to the console, errors included."""
        return [entry["message"] for entry in self._send("POST", "/se/log", {"type": "browser"})]

    def screenshot(self) -> bytes:
        return base64.b64decode(self._send("GET", "/screenshot"))
