"""What every page owes to people who do not see it or do not use a mouse."""

from playwright.sync_api import Page

# Looks at the document as it stands and returns sentences. Hidden parts are left alone.
LOOK = """
() => {
  const said = [];
  const shown = (element) => element.checkVisibility();
  const where = (element) => element.outerHTML.slice(0, 120);
  const named = (element) =>
    element.getAttribute("aria-label") || element.title || element.textContent.trim() ||
    document.getElementById(element.getAttribute("aria-labelledby"))?.textContent;

  const headings = [...document.querySelectorAll("h1")].filter(shown);
  if (headings.length !== 1) said.push(`${headings.length} headings of the first level`);
  let level = 0;
  for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4)")) {
    if (!shown(heading)) continue;
    const own = Number(heading.tagName[1]);
    if (own > level + 1) said.push(`a heading of level ${own} after ${level}: ${where(heading)}`);
    level = own;
  }
  for (const input of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (shown(input) && !input.labels.length && !input.getAttribute("aria-label"))
      said.push(`no label: ${where(input)}`);
  }
  for (const target of document.querySelectorAll("a[href], button, summary"))
    if (shown(target) && !named(target)) said.push(`no name: ${where(target)}`);
  for (const image of document.querySelectorAll("img:not([alt])"))
    said.push(`no alternative: ${where(image)}`);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place)))
    said.push(`the id ${id} is there twice`);
  for (const attribute of ["aria-describedby", "aria-labelledby", "aria-controls", "for"])
    for (const element of document.querySelectorAll(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(" "))
        if (!document.getElementById(id))
          said.push(`${attribute} names nothing: ${where(element)}`);
  // The library that draws charts sets sizes by script, which the policy allows.
  for (const element of document.querySelectorAll("[style]:not(.uplot *), [onclick]"))
    said.push(`inline style or script: ${where(element)}`);
  if (!document.documentElement.lang) said.push("no language");
  if (document.title.trim().startsWith("·")) said.push("no title");
  return said;
}
"""


def complaints(page: Page) -> list[str]:
    """What is wrong with the page, a sentence each."""
    found: list[str] = page.evaluate(LOOK)
    return found
