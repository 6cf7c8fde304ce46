"""The page of `mtp-agents studio` in headless Chromium, over the real server."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.studio.conftest import Page as Studio
from tests.studio.conftest import Server, start_studio
from tests.studio.screenshot import SLOW, WIDTH, launch, take

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs playwright: pip install -c constraints.txt -e '.[dev]'"
)
expect = playwright.expect

pytestmark = pytest.mark.timeout(300)

expect.set_options(timeout=SLOW)

OUTAGE = "the server responded with a status of 502"  # the browser's words, where a test cuts the connection


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = launch(driver)
        if chromium is None:
            pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def studio(server: Server, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with start_studio(root, tmp_path_factory.mktemp("page"), "--url", server.url) as page:
        yield page


@pytest.fixture
def page(browser: Any, studio: Studio) -> Iterator[Any]:
    """A tab; at its end nothing was wrong in the console, and nothing came from another host."""
    tab = browser.new_page()
    tab.set_default_timeout(SLOW)
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on(
        "console",
        lambda message: (
            message.type == "error" and OUTAGE not in message.text and problems.append(message.text)
        ),
    )
    tab.on("request", lambda one: one.url.startswith(f"{studio.url}/") or problems.append(one.url))
    yield tab
    tab.close()
    assert problems == []


def choose(page: Any, studio: Studio, agent: str) -> None:
    page.goto(f"{studio.url}/#{agent}")
    expect(page.get_by_label("Message", exact=True)).to_be_enabled()
    expect(page.get_by_role("combobox", name="Agent").locator("option:checked")).to_have_text(agent)


def send(page: Any, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Message", exact=True).press("Enter")


def status(page: Any, words: str) -> None:
    expect(page.locator("#status")).to_have_text(words)


def test_a_run_is_shown_as_blocks_calls_results_and_figures(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_scripted")
    send(page, "Go.")
    status(page, "Done.")
    replies = page.locator(".item.ai")
    expect(replies).to_have_count(7)
    expect(page.locator(".item.human")).to_contain_text("Go.")

    call = replies.nth(1).locator(".call").first
    expect(call).to_contain_text('unit_price(product="camera")')
    expect(call.locator(".result")).to_contain_text("84.5")
    expect(replies.nth(1).locator(".reasoning")).to_contain_text("This is step")

    last = replies.last
    expect(last.locator(".answer")).to_contain_text("Ordered: K7413.")
    expect(last.locator(".answer")).not_to_contain_text("think")
    sizes = [int(size) for size in last.locator(".block sub").all_inner_texts()]
    assert sizes == [4, 4, 4, 4, 2]  # tokens of each pass, once
    expect(last.locator(".answer .block").first).to_have_class(re.compile("size-4"))
    figures = last.locator(".figures")
    for words in ("tokens18", "passes5", "tokens per pass3.60", "first token", "from cache0"):
        expect(figures).to_contain_text(words)
    expect(page.locator(".item.total")).to_contain_text("7 replies")

    page.get_by_role("radio", name="Text", exact=True).check()
    expect(last.locator(".answer")).to_have_text("It is 182.4. That is 121.89. Ordered: K7413.")
    expect(page.locator("#items .blocks .block")).to_have_count(0)


def test_the_settings_reach_the_model(page: Any, studio: Studio) -> None:
    contexts: list[Any] = []
    page.on(
        "request",
        lambda one: one.url.endswith("/runs/stream") and contexts.append(one.post_data_json["context"]),
    )
    choose(page, studio, "reasoning_agent")
    page.get_by_role("radio", name="ConfAdapt").check()
    page.get_by_label("Threshold").fill("0.75")
    expect(page.locator("#threshold-value")).to_have_text("0.75")
    page.get_by_role("radio", name="Static").check()
    expect(page.get_by_label("Threshold")).to_be_disabled()
    send(page, "What is the price of torch?")
    expect(page.locator(".block sub").first).to_have_text("1")
    page.keyboard.press("Escape")
    expect(page.locator("#status")).to_have_text(re.compile("Cancelled|Done|failed"))
    assert set(page.locator(".item.ai").first.locator(".block sub").all_inner_texts()) == {"1"}

    page.get_by_role("radio", name="ConfAdapt").check()
    send(page, "What is the price of torch?")
    expect(page.locator("#status")).to_have_text(re.compile("Done|failed"))
    assert contexts == [{"decoding": "static"}, {"decoding": "confadapt", "threshold": 0.75}]
    figures = page.locator(".item.ai .figures:visible").last
    expect(figures).to_contain_text("tokens per pass")


def test_a_call_is_edited_and_a_reload_shows_it_again(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_approval")
    send(page, "Pay Tom.")
    status(page, "The agent waits for your decision.")
    form = page.get_by_role("form", name="The agent asks")
    expect(form).to_contain_text("transfer")
    expect(page.get_by_label("Message", exact=True)).to_be_disabled()
    expect(form.get_by_role("button", name="Continue")).to_be_disabled()

    page.reload()  # the question is the server's: it is still there
    expect(form).to_contain_text("transfer")
    form.get_by_role("radio", name="Edit").check()
    arguments = form.get_by_label("Arguments (JSON)")
    arguments.fill('{"source": "Anna", ')
    form.get_by_role("button", name="Continue").click()
    expect(form.get_by_role("alert")).to_contain_text("no JSON")
    arguments.fill('{"source": "Anna", "target": "Tom", "amount": 5}')
    form.get_by_role("button", name="Continue").click()
    status(page, "Done.")
    expect(form).to_have_count(0)
    calls = page.locator(".call")
    expect(calls.first).to_contain_text("amount=5")
    expect(calls.nth(1)).to_contain_text("125")

    page.reload()
    expect(page.locator(".item.ai")).to_have_count(3)
    expect(page.locator(".item.ai").last).to_contain_text("Done.")


@pytest.mark.parametrize(("decision", "result"), [("Approve", "done"), ("Reject", "Not today.")])
def test_a_call_is_approved_or_rejected(page: Any, studio: Studio, decision: str, result: str) -> None:
    choose(page, studio, "served_approval")
    send(page, "Pay Tom.")
    form = page.get_by_role("form", name="The agent asks")
    form.get_by_role("radio", name=decision).check()
    if decision == "Reject":
        form.get_by_label("What the agent is told").fill("Not today.")
    form.get_by_role("button", name="Continue").click()
    status(page, "Done.")
    expect(page.locator(".call .result").first).to_contain_text(result)
    assert page.locator(".call .result").first.evaluate("e => e.className") == (
        "result failed" if decision == "Reject" else "result"
    )


def cut(page: Any, path: str) -> None:
    """From now on requests of a path are answered as where the server is gone."""
    page.route(path, lambda one: one.fulfill(status=502, json={"detail": "The server does not answer."}))


def test_an_answer_that_does_not_arrive_can_be_given_again(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_approval")
    send(page, "Pay Tom.")
    form = page.get_by_role("form", name="The agent asks")
    form.get_by_role("radio", name="Approve").check()
    cut(page, "**/runs/stream")
    form.get_by_role("button", name="Continue").click()
    status(page, "The run failed.")
    expect(form).to_contain_text("transfer")
    expect(page.get_by_label("Message", exact=True)).to_be_disabled()
    page.unroute("**/runs/stream")
    form.get_by_role("radio", name="Approve").check()
    form.get_by_role("button", name="Continue").click()
    status(page, "Done.")


def test_the_page_works_again_after_an_outage(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_scripted")
    for path in ("**/schemas", "**/api/ok"):
        cut(page, path)
    page.get_by_role("combobox", name="Agent").select_option("served_approval")
    expect(page.locator("#banner")).to_contain_text("does not answer")
    expect(page.get_by_label("Message", exact=True)).to_be_disabled()
    page.unroute("**/schemas")
    page.unroute("**/api/ok")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.get_by_label("Message", exact=True)).to_be_enabled()


def test_a_conversation_is_not_lost_where_the_server_is_away(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_scripted")
    send(page, "Go.")
    status(page, "Done.")
    address = page.url
    assert address.count("/") == studio.url.count("/") + 2
    cut(page, "**/state")
    page.reload()
    expect(page.locator("#banner")).to_contain_text("does not answer")
    assert page.url == address


def test_branches_are_told_apart(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_planner")
    send(page, "Go.")
    status(page, "Done.")
    names = page.locator(".item.ai h3").all_inner_texts()
    assert [name for name in names if "worker" in name] == [f"worker {n}" for n in (1, 2, 3) for _ in (1, 2)]
    cities = [
        text.split()[0] for text in page.locator(".branch:has(.answer:visible) .answer").all_inner_texts()
    ]
    assert sorted(cities) == ["Cairo", "Lima", "Oslo"]
    costs = page.locator(".item.ai .figures")
    assert all("first token" in cost for cost in costs.all_inner_texts())  # each event found its reply


def test_a_run_is_cancelled_and_the_conversation_goes_on(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_slow")
    send(page, "Go.")
    expect(page.locator(".answer .block").nth(2)).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    status(page, "Cancelled.")
    written = page.locator(".block sub").count()
    assert 3 <= written < 400
    page.wait_for_timeout(500)
    assert page.locator(".block sub").count() == written
    send(page, "Again.")
    expect(page.locator(".item.ai")).to_have_count(2)
    page.keyboard.press("Escape")
    status(page, "Cancelled.")


def test_an_error_of_the_model_is_shown_with_its_words(page: Any, studio: Studio) -> None:
    choose(page, studio, "served_failing")
    send(page, "Go.")
    status(page, "The run failed.")
    alert = page.locator(".item.error")
    expect(alert).to_contain_text("CheckpointNotFoundError")
    expect(alert).to_contain_text("no checkpoint at 'x': check the spelling.")


def test_the_page_says_when_nobody_answers(browser: Any, server: Server, root: Path, tmp_path: Path) -> None:
    with start_studio(root, tmp_path, "--url", server.url) as other:
        page = browser.new_page()
        choose(page, other, "served_slow")
        send(page, "Go.")
        expect(page.locator(".block").first).to_be_visible()
        other.process.kill()
        status(page, "The run failed.")
        expect(page.get_by_role("alert").first).to_contain_text("Trying again")
        send(page, "Still there?")
        expect(page.locator(".item.error")).to_have_count(2)
        expect(page.locator(".item.error").last).to_contain_text("is `mtp-agents studio` still running?")
        expect(page.get_by_label("Message", exact=True)).to_have_value("Still there?")  # to be sent again
        page.close()


def test_the_picture_of_the_documents_can_be_made(
    browser: Any, studio: Studio, embedded: Any, root: Path, tmp_path: Path
) -> None:
    take(browser, studio.url, tmp_path / "studio.png")
    for file in (tmp_path / "studio.png", root / "docs/studio.png"):
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", data[16:24])
        assert width == WIDTH
        assert 700 < height < 1000
        assert len(data) < 300_000
