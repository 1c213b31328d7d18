"""What a person does with the mouse."""

import re


def go(page, link, button="Allow"):
    """From the link to the provider and back."""
    page.goto(link)
    page.get_by_role("button", name=re.compile("Go on to")).click()
    page.wait_for_url("**/authorize?*")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/connect/flow*")
    return page


def keep(page):
    page.get_by_role("button", name="Keep this account").click()
    page.wait_for_url("**?done=kept")
    return page
