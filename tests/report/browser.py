"""A headless Chromium driven over its DevTools pipe: no driver, no port, no package needed."""

import json
import os
import shutil
import subprocess
import tempfile
from base64 import b64decode
from contextlib import suppress
from itertools import count
from pathlib import Path
from select import select
from time import monotonic

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_PATIENCE = 60.0


def program():
    """The browser to use: COLORDEG_CHROMIUM, or the first that is installed, or None."""
    named = os.environ.get("COLORDEG_CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """One browser process with one page; what it logs and asks of the network is kept."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="colordeg-browser-")
        read_end, self._out = os.pipe()
        self._in, write_end = os.pipe()

        # The browser reads commands from descriptor 3 and writes answers to descriptor 4.
        script = 'exec "$@" 3<&%d 4>&%d' % (read_end, write_end)  # noqa: UP031
        command = ["bash", "-c", script, "bash", program(), *_FLAGS]
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=(read_end, write_end),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_end)
        os.close(write_end)
        self._ids, self._buffer, self._events = count(1), b"", []
        self._session = None
        pages = self._send("Target.getTargets")["targetInfos"]
        target = next(page["targetId"] for page in pages if page["type"] == "page")
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")

    def close(self):
        with suppress(OSError):
            os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, path, width=1280, height=900, dark=False):
        """Load a file and wait until it is there; forgets what earlier pages logged."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._send("Emulation.setEmulatedMedia", features=scheme)
        self._send("Page.navigate", url="about:blank")
        self._events.clear()
        self._send("Page.navigate", url=Path(path).resolve().as_uri())
        self.wait('document.readyState === "complete" && location.protocol === "file:"')

    def run(self, expression):
        """Evaluate JavaScript in the page and give its value; promises are awaited."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait(self, expression):
        """Wait until an expression is true."""
        until = monotonic() + _PATIENCE
        while not self.run(expression):
            assert monotonic() < until, f"never true: {expression}"

    def key(self, key, code=None):
        """Press and release a key where the focus is."""
        named = {"key": key, "code": code or key}
        numbers = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13}
        named["windowsVirtualKeyCode"] = numbers.get(key, ord(key[0].upper()))
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        self._send("Input.dispatchKeyEvent", type="keyDown", **named, **text)
        self._send("Input.dispatchKeyEvent", type="keyUp", **named)

    def mouse(self, kind, x, y):
        """Move (``mouseMoved``), press (``mousePressed``) or release (``mouseReleased``)."""
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def screenshot(self, path, whole=False):
        """Write a PNG of what is seen, or of the whole page."""
        shot = self._send("Page.captureScreenshot", captureBeyondViewport=whole)
        if whole:
            size = self._send("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
            shot = self._send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        Path(path).write_bytes(b64decode(shot["data"]))

    @property
    def complaints(self):
        """Console errors and warnings, exceptions, violations of the content policy."""
        found = []
        for event in self._events:
            name, seen = event["method"], event["params"]
            if name == "Runtime.exceptionThrown":
                found.append(str(seen["exceptionDetails"]))
            elif name == "Log.entryAdded" and seen["entry"]["level"] in ("error", "warning"):
                found.append(seen["entry"]["text"])
            elif name == "Runtime.consoleAPICalled" and seen["type"] in ("error", "warning"):
                found.append(str(seen["args"]))
        return found

    @property
    def requests(self):
        """Addresses that pages asked for, data: apart."""
        urls = [
            event["params"]["request"]["url"]
            for event in self._events
            if event["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in urls if not url.startswith("data:")]

    def _send(self, method, **parameters):
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = monotonic() + _PATIENCE
        while True:
            answer = self._next(until)
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            if "method" in answer:
                self._events.append(answer)

    def _next(self, until):
        while b"\0" not in self._buffer:
            ready, _, _ = select([self._in], [], [], max(0.0, until - monotonic()))
            assert ready, "the browser does not answer"
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "the browser has ended"
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(line)
