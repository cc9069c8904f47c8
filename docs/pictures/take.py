"""Take the README's pictures of a demonstration that runs: make pictures PORT=8000."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
SCAN = "/scan?code=(01)09521101000016(10){}(21)1001"
PICTURES = (
    ("ok", "paula", SCAN.format("INS-2401"), (1000, 760)),
    ("stop", "paula", SCAN.format("INS-2402"), (1000, 760)),
    ("released", "paula", SCAN.format("INS-2405"), (1000, 760)),
    ("lot", "paula", "/admin/desk/lots/09521101000016/INS-2402#temperature", (1000, 760)),
    ("desk", "quinn", "/admin/", (1000, 760)),
    ("ship", "ben", "/admin/desk/ship/09521101000016/INS-2401", (1000, 760)),
    ("phone", "paula", SCAN.format("PAR-8802"), (390, 844)),
)


def main(port: str) -> None:
    """Write one PNG for each picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, user, path, (width, height) in PICTURES:
            page = browser.new_page(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            sign_in(page, f"http://127.0.0.1:{port}", user)
            page.goto(f"http://127.0.0.1:{port}{path}")
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()


def sign_in(page: Page, site: str, user: str) -> None:
    """As one of the people of the demonstration."""
    page.goto(f"{site}/sign-in")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", "unbroken-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


if __name__ == "__main__":
    main(sys.argv[1])
