// Marks the anchor whose part of the page is being read, and brings the tab that is on into sight.
const tabs = document.querySelector("[data-tabs]");
const current = tabs?.querySelector("[aria-current]");
if (current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;

const anchors = [...(tabs?.querySelectorAll('a[href^="#"]') ?? [])];

function mark(id) {
  for (const anchor of anchors) {
    if (anchor.hash === `#${id}`) anchor.setAttribute("aria-current", "true");
    else anchor.removeAttribute("aria-current");
  }
}

if (anchors.length) {
  const reading = new IntersectionObserver(
    (entries) => entries.filter((e) => e.isIntersecting).forEach((e) => mark(e.target.id)),
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const { hash } of anchors) {
    const part = document.querySelector(hash);
    if (part) reading.observe(part);
  }
}
