"""Usage: shows_in_chromium.py PAGE...

Opens each page in a headless Chromium, on a narrow and on a wide window, by day and by night, and with everything that
can be unfolded unfolded, and looks whether it is all there: headings in order, plots that have a size, nothing that
stands out of the window, text that can be read, nothing on the console, and no request but for the page itself. Prints a
line for each page; says of others what is wrong with them, and ends with status 1."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = (360, 1440)
SCHEMES = ("light", "dark")
SECONDS = 150
"""Longer than all pages together may take."""
SHOWN = 20
"""Flaws of one page."""

FLAGS = (
    "--headless",
    # Its own sandbox cannot be made in a container, nor by root; what it opens is a file of ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--remote-debugging-pipe",
)

LOOK = """
(() => {
  const flaws = [];
  const width = window.innerWidth;
  const name = (element) => {
    const text = (element.getAttribute('aria-label') || element.textContent || '').trim().slice(0, 40);
    return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') || ''}"> "${text}"`;
  };
  // What is clipped away is for those who listen to the page.
  const known = new Map([[null, false]]);
  const clipped = (element) => {
    if (!known.has(element)) {
      known.set(element, getComputedStyle(element).clipPath !== 'none' || clipped(element.parentElement));
    }
    return known.get(element);
  };
  const shown = (element) =>
    element.checkVisibility() && element.getClientRects().length > 0 && !clipped(element);

  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')];
  const level = (heading) => Number(heading.tagName[1]);
  if (headings.filter((heading) => level(heading) === 1).length !== 1) flaws.push('there is not one h1');
  if (headings.filter((heading) => level(heading) === 2).length < 4) flaws.push('there are fewer than four sections');
  headings.forEach((heading, place) => {
    if (place > 0 && level(heading) > level(headings[place - 1]) + 1) flaws.push(`${name(heading)} skips a level`);
    const box = heading.getBoundingClientRect();
    if (shown(heading) && (box.width < 1 || box.height < 1)) flaws.push(`${name(heading)} has no size`);
    if (heading.textContent.trim() === '') flaws.push(`${name(heading)} says nothing`);
  });
  if (document.title.trim() === '') flaws.push('there is no title');
  if (document.documentElement.lang === '') flaws.push('the page does not say its language');

  const plots = [...document.querySelectorAll('svg[role=img]')].filter(shown);
  if (plots.length === 0) flaws.push('there is no plot');
  for (const plot of plots) {
    const box = plot.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) flaws.push(`${name(plot)} has no size`);
    if (!(plot.getAttribute('aria-label') || '').trim()) flaws.push(`${name(plot)} has no label`);
    if (plot.innerHTML === '') flaws.push(`${name(plot)} is empty`);
  }
  const foreign = document.querySelectorAll('script, img, iframe, object, embed, link, base, form, audio, video');
  for (const element of foreign) flaws.push(`${name(element)} has no place here`);

  // Tables of numbers scroll by themselves.
  if (document.documentElement.scrollWidth > width) {
    flaws.push(`the page is ${document.documentElement.scrollWidth} pixels wide`);
  }
  for (const element of document.body.querySelectorAll('*')) {
    if (!shown(element) || element.parentElement.closest('.scroll')) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.left < -0.5 || box.right > width + 0.5)) {
      flaws.push(`${name(element)} stands out of the page: ${box.left} to ${box.right}`);
    }
    const style = getComputedStyle(element);
    if (!element.closest('svg') && style.display !== 'inline' && style.overflowX === 'visible'
        && !element.querySelector('svg, .scroll') && element.scrollWidth > element.clientWidth + 1) {
      flaws.push(`what is in ${name(element)} stands out of it`);
    }
  }

  // By the formula of the Web Content Accessibility Guidelines: 4.5, of large text 3.
  const parse = (color) => {
    const [red, green, blue, alpha] = color.match(/[0-9.]+/g).map(Number);
    return { channels: [red, green, blue], alpha: alpha === undefined ? 1 : alpha };
  };
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = parse(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer.alpha === 1) break;
    }
    return layers.reverse().reduce(
      (under, layer) => under.map((channel, place) => channel * (1 - layer.alpha) + layer.channels[place] * layer.alpha),
      [255, 255, 255]);
  };
  const luminance = (channels) => {
    const [red, green, blue] = channels.map((channel) => channel / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !shown(element) || element.closest('svg')) continue;
    const style = getComputedStyle(element);
    const both = [luminance(parse(style.color).channels), luminance(background(element))];
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) {
      flaws.push(`${name(element)} can hardly be read: contrast ${contrast.toFixed(1)}`);
    }
  }
  return { flaws, light: luminance(background(document.body)) > 0.5 };
})()
"""


class Browser:
    """Spoken to over two pipes, as the DevTools protocol has it: there is no port that anyone else could reach."""

    def __init__(self, profile):
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()

        def take_pipes():
            # The protocol's place for them is 3 and 4, which may be in use for one another.
            first, second = os.dup(commands), os.dup(answers)
            os.dup2(first, 3)
            os.dup2(second, 4)

        command = next(filter(shutil.which, ("chromium", "chromium-browser")), None)
        if command is None:
            sys.exit("there is no chromium in PATH: Scripts/dependencies --tests installs it")
        self.log = open(Path(profile) / "stderr", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            [command, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log,
            pass_fds=(3, 4),
            preexec_fn=take_pipes,
            start_new_session=True,
        )
        os.close(commands)
        os.close(answers)
        self.unread = b""
        self.calls = 0
        self.session = None
        self.events = []

    def message(self):
        while b"\0" not in self.unread:
            data = os.read(self.answers, 1 << 16)
            if not data:
                self.log.seek(0)
                sys.exit(f"chromium ended:\n{self.log.read()[-4000:]}")
            self.unread += data
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.calls += 1
        command = {"id": self.calls, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data) :]
        while True:
            message = self.message()
            if message.get("id") != self.calls:
                self.events.append(message)
            elif "error" in message:
                sys.exit(f"{method}: {message['error']['message']}")
            else:
                return message["result"]

    def open_tab(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def visit(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            sys.exit(f"the check itself failed: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()


def complaints(events, url):
    """What the page wrote on the console or asked the network for."""
    for event in events:
        method, details = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            values = [str(value.get("value", value.get("description"))) for value in details["args"]]
            yield f"console.{details['type']}: {' '.join(values)}"
        elif method == "Runtime.exceptionThrown":
            yield f"exception: {details['exceptionDetails']['text']}"
        elif method == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            yield f"console, {details['entry']['level']}: {details['entry']['text']}"
        elif method == "Network.requestWillBeSent" and details["request"]["url"] != url:
            yield f"request for {details['request']['url']}"


def flaws(browser, url):
    for width in WIDTHS:
        for scheme in SCHEMES:
            browser.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
            )
            browser.call(
                "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
            )
            browser.visit(url)
            for unfolded in (False, True):
                if unfolded:
                    browser.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
                found = browser.evaluate(LOOK)
                if found["light"] != (scheme == "light"):
                    found["flaws"].append("its background is not that of the scheme")
                place = f"{width} pixels, {scheme}{', unfolded' if unfolded else ''}"
                yield from (f"{place}: {flaw}" for flaw in found["flaws"])
            yield from (f"{width} pixels, {scheme}: {complaint}" for complaint in complaints(browser.events, url))


def main():
    pages = [Path(page).resolve() for page in sys.argv[1:]]
    if not pages:
        sys.exit("no page given")
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"chromium did not answer within {SECONDS} seconds"))
    signal.alarm(SECONDS)
    # What is left of a browser that was killed may still be writing there.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            browser.open_tab()
            sound = True
            for page in pages:
                found = list(flaws(browser, page.as_uri()))
                if found:
                    sound = False
                    for flaw in found[:SHOWN]:
                        print(f"{page.name}: {flaw}", file=sys.stderr)
                    print(f"{page.name}: {len(found)} flaws", file=sys.stderr)
                else:
                    print(f"{page.name}: at {len(WIDTHS)} widths, light and dark, no flaw")
        finally:
            browser.end()
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
