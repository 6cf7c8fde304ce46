"""The picture of the chat page in the documents, made with the embedded student:

python -m tests.studio.screenshot docs/studio.png
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from mtp_agents.demo.problem import QUESTION
from tests.studio.conftest import start_studio

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SLOW = 90_000  # ms: this may be a busy machine
WIDTH = 1200


def launch(driver: Any) -> Any | None:
    """Headless Chromium: the system's, or the one that `playwright install chromium` brings; None without."""
    own = Path(driver.chromium.executable_path)
    found = next(filter(None, map(shutil.which, BROWSERS)), str(own) if own.is_file() else None)
    if found is None:
        return None
    # A container may have no user namespaces, which the sandbox needs; the page is our own.
    return driver.chromium.launch(executable_path=found, args=["--no-sandbox"])


def take(browser: Any, url: str, file: Path) -> None:
    """Ask the reasoning agent the demo's question, and write the end of the run to a PNG file."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
    page.set_default_timeout(SLOW)
    page.goto(f"{url}/#reasoning_agent")
    # The first run loads the weights, which is no part of the picture.
    for question in ("What is the price of torch?", QUESTION):
        message = page.get_by_label("Message", exact=True)
        page.get_by_role("button", name="New chat").click()
        message.fill(question)  # waits until it may be written
        message.press("Enter")
        page.locator(".item.total").wait_for()
        page.locator("#status", has_text="Done.").wait_for()
    # From the last but one reply on, without what is above it.
    chat = page.locator("#chat")
    chat.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    above = page.locator(".item.ai").nth(-2).bounding_box()["y"] - chat.bounding_box()["y"]
    page.set_viewport_size({"width": WIDTH, "height": round(1000 - above + 16)})
    chat.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver)
        assert browser, "no Chromium: apt-get install chromium, or playwright install chromium"
        with start_studio(ROOT, Path(folder)) as studio:
            take(browser, studio.url, Path(sys.argv[1]))
        browser.close()
