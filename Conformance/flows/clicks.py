"""What a person does with the mouse, at glewlwyd's pages, at acme's, and at Deputy's."""

import re


def go_there(page, link):
    page.goto(link)
    page.get_by_role("button", name=re.compile("Go on to")).click()


def allow(page, user, *scopes, back="**/connect/flow*"):
    """At glewlwyd: signs in, ticks, and goes on. A browser that it knows is only asked whether to go on."""
    page.locator("#username, button:has-text('Continue')").first.wait_for()
    if page.locator("#username").count():
        page.fill("#username", user)
        page.fill("#password", f"{user}-pw-1")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Grant access").wait_for()
        for box in page.locator("input[type=checkbox][id^=grant-]").all():
            box.set_checked(box.get_attribute("id").removeprefix("grant-") in scopes)
        page.get_by_role("button", name="Grant access").click()
    page.get_by_role("button", name="Continue").click()
    if back:
        page.wait_for_url(back)


def keep(page):
    page.get_by_role("button", name="Keep this account").click()
    page.wait_for_url("**?done=kept")
    return page
