// Marks the anchor whose part of the page is being read.
const tabs = document.querySelector("[data-tabs]");
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
